"""Views that order, query, log and fail."""

import asyncio
import logging
import os
from types import SimpleNamespace

from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.urls import include, path

import labotel
from project.telemetry import Ordered

logger = logging.getLogger("project.views")


def order(request: HttpRequest, number: int) -> HttpResponse:
    """Order, with one query and one log line."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 42")
    logger.info("ordered %s for someone@example.org", number)
    labotel.emit(Ordered(size="small", order_id=number))
    return HttpResponse(str(os.getpid()))


def order_plainly(request: HttpRequest, number: int) -> HttpResponse:
    """Order, with one log line and no database."""
    logger.info("ordered %s", number)
    labotel.emit(Ordered(size="small", order_id=number))
    return HttpResponse(str(os.getpid()))


async def order_async(request: HttpRequest, number: int) -> HttpResponse:
    """Order on the event loop, with one log line."""
    await asyncio.sleep(0.001)
    logger.info("ordered %s", number)
    labotel.emit(Ordered(size="small", order_id=number))
    return HttpResponse(str(os.getpid()))


def fail(request: HttpRequest) -> HttpResponse:
    """Raise."""
    raise ValueError("no such thing: someone@example.org")


def publish(request: HttpRequest, count: int) -> HttpResponse:
    """Publish tasks."""
    from project.celeryapp import order_task

    for number in range(count):
        order_task.delay(number)
    return HttpResponse("ok")


def flow(request: HttpRequest, kind: str) -> HttpResponse:
    """Publish tasks that belong together, for the person 17."""
    from celery import chain, chord, group

    from project.celeryapp import flaky_task, gather_task, spread_task, step_task

    request.user = SimpleNamespace(pk=17)  # type: ignore[assignment]  # as an authentication would
    steps = [step_task.si(1), step_task.si(2)]
    flows = {
        "chain": lambda: chain(*steps).delay(),
        "group": lambda: group(*steps).delay(),
        "chord": lambda: chord(steps, gather_task.s()).delay(),
        "group-in-chain": lambda: chain(step_task.si(0), group(*steps), gather_task.s()).delay(),
        "retry": lambda: flaky_task.delay(1),
        "countdown": lambda: step_task.apply_async((1,), countdown=0.5),
        "task-to-task": lambda: spread_task.delay(1),
    }
    flows[kind]()
    return HttpResponse("ok")


urlpatterns = [
    path("flow/<str:kind>/", flow),
    path("order/<int:number>/", order),
    path("plain/order/<int:number>/", order_plainly),
    path("async/order/<int:number>/", order_async),
    path("fail/", fail),
    path("publish/<int:count>/", publish),
    path("", include("labotel.instrumentation.django.urls")),
]
