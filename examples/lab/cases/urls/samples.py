"""Addresses below /samples/."""

from django.urls import path

from cases.views import samples as views

app_name = "samples"
urlpatterns = [
    path("<int:pk>/process/", views.process, name="process"),
    path("<int:pk>/issue/", views.issue, name="issue"),
    path("<int:pk>/check/", views.check, name="check"),
]
