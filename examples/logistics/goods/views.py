"""The overview for people, and the API for scanners and scripts."""

import json
from typing import Any

from django.contrib.auth.decorators import login_required
from django.db import IntegrityError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_POST

from goods import services
from goods.models import Figures, Goods
from logistics.telemetry import Operation


@login_required
def overview(request: HttpRequest) -> HttpResponse:
    """Show the latest goods, and each warehouse in numbers."""
    latest = Goods.objects.order_by("-pk")[:50]
    return render(request, "goods.html", {"goods": latest, "figures": Figures.objects.all()})


@login_required
@require_POST
def receive(request: HttpRequest) -> HttpResponse:
    """Take goods in: `{"tracking": …, "warehouse": …}`."""
    try:
        said: dict[str, Any] = json.loads(request.body)
        tracking, warehouse = said["tracking"], Goods.Warehouse(said["warehouse"])
    except (ValueError, TypeError, KeyError):
        allowed = ", ".join(Goods.Warehouse.values)
        return _refused(f"a tracking number and a warehouse ({allowed}) are needed", 400)
    try:
        goods = services.receive(str(tracking), warehouse, request.user.get_username())
    except IntegrityError:
        return _refused("these goods were received already", 409)
    return JsonResponse(_shown(goods), status=201)


@login_required
@require_GET
def show(request: HttpRequest, pk: int) -> HttpResponse:
    """Show goods."""
    goods = Goods.objects.filter(pk=pk).first()
    return JsonResponse(_shown(goods)) if goods else _refused("there are no such goods", 404)


@login_required
@require_POST
def operate(request: HttpRequest, pk: int, operation: str) -> HttpResponse:
    """Do the next thing with goods."""
    goods = Goods.objects.filter(pk=pk).first()
    if goods is None or operation not in list(Operation):
        return _refused("there are no such goods, or no such operation", 404)
    try:
        services.operate(goods, Operation(operation), request.user.get_username())
    except services.NotPossible as error:
        return _refused(str(error), 409)
    goods.refresh_from_db()
    return JsonResponse(_shown(goods))


@login_required
@require_POST
def run(request: HttpRequest, name: str) -> HttpResponse:
    """Run a workflow over all goods that wait for it."""
    if name not in services.WORKFLOWS:
        return _refused(f"there is no such workflow; allowed: {', '.join(services.WORKFLOWS)}", 404)
    return JsonResponse({"goods": services.run(name, request.user.get_username())})


def _shown(goods: Goods) -> dict[str, Any]:
    names = ("pk", "tracking", "warehouse", "status")
    return {name: getattr(goods, name) for name in names}


def _refused(why: str, status: int) -> HttpResponse:
    return JsonResponse({"error": why}, status=status)
