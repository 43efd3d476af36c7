"""The addresses of the web analytics."""

from django.contrib import admin
from django.urls import include, path

from analytics import views
from labotel.instrumentation.django.urls import paths

urlpatterns = [
    path("", views.home, name="home"),
    path("articles/<slug:slug>/", views.article, name="article"),
    path("events/", views.event, name="event"),
    path("scans/", views.scans, name="scans"),
    path("scans/results/", views.results, name="results"),
    path("admin/", admin.site.urls),
    path(
        "metrics/",
        include(
            paths(metrics="", health="health/", status="status/", increment="increment/",
                  export="export")
        ),
    ),
]  # fmt: skip
