"""The addresses of the billing analytics."""

from django.contrib.auth.views import LoginView, LogoutView
from django.urls import include, path

from claims import views

urlpatterns = [
    path("", views.payers, name="payers"),
    path("claims/", views.ingest, name="ingest"),
    path("payers/<int:pk>/", views.payer, name="payer"),
    path("payers/<int:pk>/subscribers/", views.subscribe, name="subscribe"),
    path("alerts/", views.alerts, name="alerts"),
    path("login/", LoginView.as_view(), name="login"),
    path("logout/", LogoutView.as_view(), name="logout"),
    path("", include("labotel.instrumentation.django.urls")),
]
