"""Addresses below /protocols/."""

from django.urls import path

from cases.views import protocols as views

app_name = "protocols"
urlpatterns = [
    path("", views.listing, name="list"),
    path("new/", views.new, name="new"),
    path("<int:pk>/", views.show, name="show"),
    path("<int:pk>/delete/", views.delete, name="delete"),
    path("<int:pk>/submit/", views.submit, name="submit"),
    path("<int:pk>/receive/", views.receive, name="receive"),
    path("<int:pk>/process/", views.process, name="process"),
    path("<int:pk>/report/", views.report, name="report"),
]
