"""A small Django site: one page with three queries, one log line and one domain event."""

import logging
from collections.abc import Callable
from typing import Any

from django.db import connection, models
from django.http import HttpRequest, HttpResponse
from django.urls import path

logger = logging.getLogger("bench.site")

say: list[Callable[[int], None]] = []
"""What a request does with its domain event: a side's function, or nothing."""


class Protocol(models.Model):
    """A sample that is examined."""

    species: "models.CharField[str, str]" = models.CharField(max_length=20)
    status: "models.CharField[str, str]" = models.CharField(max_length=20)

    class Meta:
        """The app that the table is named after."""

        app_label = "bench"


class Sample(models.Model):
    """A part of a protocol's material."""

    protocol: "models.ForeignKey[Protocol, Protocol]" = models.ForeignKey(Protocol, models.CASCADE)
    name: "models.CharField[str, str]" = models.CharField(max_length=50)

    class Meta:
        """The app that the table is named after."""

        app_label = "bench"


def show(request: HttpRequest, pk: int) -> HttpResponse:
    """Answer with a protocol, its samples, and how many protocols are open."""
    protocol = Protocol.objects.get(pk=pk)
    samples = list(Sample.objects.filter(protocol=protocol))
    others = Protocol.objects.filter(status="open").count()
    logger.info("protocol %s shown with %d samples", pk, len(samples))
    for tell in say:
        tell(pk)
    names = ", ".join(sample.name for sample in samples)
    return HttpResponse(f"{protocol.species}: {names}; {others} open")


urlpatterns: list[Any] = [path("protocols/<int:pk>/", show)]


def fill(protocols: int) -> None:
    """Make the tables and so many protocols with two samples each."""
    with connection.schema_editor() as editor:
        editor.create_model(Protocol)
        editor.create_model(Sample)
    for number in range(1, protocols + 1):
        made = Protocol.objects.create(pk=number, species="canine", status="open")
        Sample.objects.create(protocol=made, name=f"{number} a")
        Sample.objects.create(protocol=made, name=f"{number} b")
