"""Views that order, query, log and fail."""

import asyncio
import logging
import os

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


urlpatterns = [
    path("order/<int:number>/", order),
    path("plain/order/<int:number>/", order_plainly),
    path("async/order/<int:number>/", order_async),
    path("fail/", fail),
    path("publish/<int:count>/", publish),
    path("", include("labotel.instrumentation.django.urls")),
]
