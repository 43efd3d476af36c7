# pyright: strict
"""Right uses of the public names: mypy and pyright, both strict, find nothing here."""

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Literal, assert_type

import labotel
from labotel import (
    HOURS_TO_DAYS,
    MEASURED,
    Alert,
    Catalog,
    Counter,
    DeclarationError,
    Event,
    EventError,
    Gauge,
    Histogram,
    Limited,
    Objective,
    Outcome,
    Personal,
    Ratio,
    Unbounded,
    UpDownCounter,
)


class Species(StrEnum):
    """A bounded text."""

    CANINE = "canine"
    FELINE = "feline"


class Who(Event):
    """Fields that several events share."""

    user: Personal[str | None] = None
    urgent: bool = False


class ProtocolCompleted(
    Who,
    name="lab.protocol.completed",
    instruments=(Counter("protocols_completed_total", by=("species",)),),
    severity="WARN",
    body="{species} done",
):
    """A protocol's report was sent; `duration` is from its submission."""

    species: Species
    veterinarian: Personal[str]
    protocol_id: Unbounded[int]
    table: Annotated[str, Limited(50)] = "none"
    method: Literal["GET", "POST"] | None = None
    amount: Annotated[Decimal, Counter("revenue_total", by=())] = Decimal(0)
    level: Annotated[int, UpDownCounter("level", by=())] = 0
    duration: Annotated[
        timedelta,
        Histogram("protocols_processing_duration_seconds", by=("species",), buckets=HOURS_TO_DAYS),
    ] = MEASURED


class Rendered(Event, name="lab.report.rendered", log=False, span=False):
    """Timed work."""

    size: Literal["small", "large"]
    duration: Annotated[float, Histogram("report_seconds", by=())] = MEASURED
    pages: Annotated[int, Histogram("report_pages", by=(), buckets=(1, 10))] = MEASURED
    outcome: Outcome = MEASURED
    error_type: Annotated[str, Limited(20)] | None = MEASURED


QUEUE = Gauge("queue_length", by={"species": Species}, scope="process", description="Waiting.")
WORKERS = Gauge("workers_current")

catalog = Catalog(
    "lab",
    events=[ProtocolCompleted, Rendered],
    gauges=(QUEUE, WORKERS),
    ratios=[Ratio("email_open_rate", "emails_opened_total", "emails_sent_total", by=("type",))],
    objectives=[Objective("answers", "good_total", "all_total", 0.99, window="30d")],
    alerts=[Alert("Down", "up == 0", "critical", "It is down", for_="1m", runbook="x.md")],
)

labotel.configure(service_name="lab", catalogs=[catalog], strict=True, compression="gzip")

completed = ProtocolCompleted(
    species=Species.CANINE, veterinarian="v-17", protocol_id=9, duration=timedelta(hours=2)
)
labotel.emit(completed)
labotel.emit(ProtocolCompleted(species=Species.FELINE, veterinarian="v", protocol_id=1, user="u"))
assert_type(completed.species, Species)
assert_type(completed.veterinarian, str)
assert_type(completed.protocol_id, int)
assert_type(completed.duration, timedelta)
assert_type(completed.user, str | None)

with labotel.timed(Rendered, size="large") as t:
    t.set(pages=3)


@labotel.timed(Rendered, size="small")
def render(number: int, *, draft: bool = False) -> str:
    """Render a report."""
    return str(number) if draft else ""


@labotel.timed(Rendered, size="small")
async def render_soon(number: int) -> bytes:
    """Render a report, some time."""
    async with labotel.timed(Rendered, size="large") as work:
        work.set(pages=number)
    return b""


assert_type(render(3, draft=True), str)


@labotel.observed_view(Rendered, size="small", pages=3)
def page(request: str) -> bytes:
    """Answer a request."""
    return request.encode()


@labotel.observed_task(Rendered, size="large")
async def job(number: int) -> int:
    """Do a task."""
    return number


assert_type(page("x"), bytes)


class Stored:
    """A model, of whatever framework."""


def declare() -> None:
    """Track a model."""
    labotel.track(Stored, created=Rendered, fill={"size": "size", "pages": lambda one: 1})
    labotel.track(Stored, field="status", changed=Rendered, reached={"done": Rendered}, since="at")
    with labotel.tracked(Stored()):
        pass


async def main() -> None:
    """Use the result of a decorated coroutine function."""
    assert_type(await render_soon(3), bytes)


@labotel.gauge(QUEUE)
def lengths() -> Iterator[tuple[Species, int]]:
    """Supply a gauge with a label."""
    for species in Species:
        yield species, 1


@labotel.gauge(WORKERS)
def workers() -> int:
    """Supply a gauge without one."""
    return 3


assert_type(workers(), int)

try:
    labotel.emit(completed)
except (EventError, DeclarationError) as error:
    raise SystemExit(str(error)) from error

assert_type(labotel.flush(2.5), bool)
assert_type(labotel.shutdown(), bool)
