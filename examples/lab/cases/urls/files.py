"""Addresses below /files/."""

from django.urls import path

from cases.views import files as views

app_name = "files"
urlpatterns = [
    path("upload/<int:pk>/", views.upload, name="upload"),
    path("<int:pk>/", views.download, name="download"),
]
