"""`path("", include("labotel.instrumentation.django.urls"))` in a project's URL configuration."""

from django.urls import path

from labotel.instrumentation.django.views import metrics, status

# Two routes and no pattern for both: the route is what the request's metrics and span show.
urlpatterns = [
    path("metrics", metrics, name="labotel-metrics"),
    path("metrics/", metrics),
    path("status", status, name="labotel-status"),
    path("status/", status),
]
