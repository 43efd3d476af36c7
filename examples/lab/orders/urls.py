"""Addresses below /orders/."""

from django.urls import path

from orders.views import pages, steps

app_name = "orders"
urlpatterns = [
    path("", pages.listing, name="list"),
    path("<int:pk>/", pages.show, name="show"),
    path("<int:pk>/pdf/", pages.invoice, name="pdf"),
    path("<int:pk>/services/", steps.add, name="services"),
    path("<int:pk>/complete/", steps.complete, name="complete"),
    path("<int:pk>/pay/", steps.pay, name="pay"),
    path("<int:pk>/refund/", steps.refund, name="refund"),
]
