"""Steps of a work order."""

import logging

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from labotel.catalogs.lab.words import UserType
from orders import services
from orders.forms import OneService
from orders.views.pages import order_for, order_page
from people.roles import only

log = logging.getLogger(__name__)


@require_POST
@only(UserType.STAFF, UserType.ADMIN)
def add(request: HttpRequest, pk: int) -> HttpResponse:
    """Add a service."""
    order = order_for(request, pk)
    form = OneService(request.POST)
    if not form.is_valid():
        return order_page(request, order, wrong=form)
    order.add(form.cleaned_data["service_type"])
    log.info("Work order %s: %s added", pk, form.cleaned_data["service_type"])
    return redirect("orders:show", pk)


@require_POST
@only(UserType.ADMIN)
def complete(request: HttpRequest, pk: int) -> HttpResponse:
    """Bill the order; its invoice is made and mailed."""
    services.bill(order_for(request, pk))
    log.info("Work order %s completed", pk)
    return redirect("orders:show", pk)


@require_POST
@only(UserType.VETERINARIAN)
def pay(request: HttpRequest, pk: int) -> HttpResponse:
    """Pay the order, which can be done once."""
    order_for(request, pk).pay()
    log.info("Work order %s paid", pk)
    return redirect("orders:show", pk)


@require_POST
@only(UserType.ADMIN)
def refund(request: HttpRequest, pk: int) -> HttpResponse:
    """Give the money for the services of one type back."""
    order = order_for(request, pk)
    form = OneService(request.POST)
    if not form.is_valid():
        return order_page(request, order, wrong=form)
    order.refund(form.cleaned_data["service_type"])
    log.info("Work order %s: %s given back", pk, form.cleaned_data["service_type"])
    return redirect("orders:show", pk)
