"""Addresses below /reports/."""

from django.urls import path

from cases.views import reports as views

app_name = "reports"
urlpatterns = [
    path("<int:pk>/", views.show, name="show"),
    path("<int:pk>/revise/", views.revise, name="revise"),
    path("<int:pk>/finalize/", views.finalize, name="finalize"),
    path("<int:pk>/review/", views.review, name="review"),
    path("<int:pk>/rate/", views.rate, name="rate"),
    path("<int:pk>/pdf/", views.pdf, name="pdf"),
]
