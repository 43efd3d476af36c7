"""The addresses of the laboratory."""

from django.urls import path

from laboratory import views

urlpatterns = [
    path("", views.protocol_list),
    path("veterinarians/", views.create_veterinarian),
    path("protocols/", views.create_protocol),
    path("protocols/<int:pk>/", views.show_protocol),
    path("protocols/<int:pk>/submit/", views.submit_protocol),
    path("protocols/<int:pk>/receive/", views.receive_protocol),
    path("protocols/<int:pk>/report/", views.open_report),
    path("reports/<int:pk>/finalize/", views.finalize_report),
]
