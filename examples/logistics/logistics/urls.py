"""The addresses of the warehouses; the names are what dashboards know."""

from django.contrib import admin
from django.contrib.auth.views import LoginView
from django.urls import include, path

from goods import views

urlpatterns = [
    path("", views.overview, name="goods"),
    path("api/goods/", views.receive, name="goods-receive"),
    path("api/goods/<int:pk>/", views.show, name="goods-show"),
    path("api/goods/<int:pk>/<slug:operation>/", views.operate, name="goods-operate"),
    path("api/workflows/<slug:name>/", views.run, name="workflow-run"),
    path("login/", LoginView.as_view(), name="login"),
    path("admin/", admin.site.urls),
    path("", include("labotel.instrumentation.django.urls")),
]
