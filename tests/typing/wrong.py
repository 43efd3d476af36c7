# pyright: strict
"""Wrong uses of the public names: each line marked so is an error to mypy and to pyright."""

from datetime import timedelta
from enum import StrEnum
from typing import Annotated, Literal

import labotel
from labotel import (
    MEASURED,
    Alert,
    Catalog,
    Counter,
    Event,
    Gauge,
    Histogram,
    Limited,
    Objective,
    Personal,
    Ratio,
    Unbounded,
)


class Species(StrEnum):
    """A bounded text."""

    CANINE = "canine"


class Done(Event, name="lab.done", instruments=(Counter("done_total", by=("species",)),)):
    """An event."""

    species: Species
    person: Personal[str]
    number: Unbounded[int] = 0
    duration: Annotated[timedelta, Histogram("done_seconds", by=())] = MEASURED


class Rendered(Event, name="lab.rendered"):
    """Timed work."""

    size: Literal["small", "large"]
    pages: Unbounded[int] = MEASURED


done = Done(species=Species.CANINE, person="v")

labotel.emit(Done(species="canine", person="v"))  # error
labotel.emit(Done(species=Species.CANINE))  # error
labotel.emit(Done(species=Species.CANINE, person="v", persom="v"))  # error
labotel.emit(Done(Species.CANINE, "v"))  # error
labotel.emit(Done(species=Species.CANINE, person=17))  # error
labotel.emit(Done(species=Species.CANINE, person="v", number="nine"))  # error
labotel.emit(Done(species=Species.CANINE, person=None))  # error
labotel.emit(Done(species=Species.CANINE, person="v", duration=3.5))  # error
labotel.emit(Rendered(size="huge"))  # error
labotel.emit(Done)  # error
labotel.emit("lab.done")  # error
labotel.emit()  # error
labotel.emit(done, done)  # error
done.species = Species.CANINE  # error
done.unknown = 1  # error
unknown = done.unknown  # error
text: str = done.number  # error

labotel.timed(Rendered)  # error
labotel.timed(Rendered, size="huge")  # error
labotel.timed(Rendered, size="small", sizes=1)  # error
labotel.timed(Rendered, "small")  # error
labotel.timed(int)  # error
labotel.timed("lab.rendered", size="small")  # error
with labotel.timed(Rendered, size="small") as t:
    t.set(3)  # error
    t.pages = 3  # error


@labotel.timed(Rendered, size="small")
def render(number: int) -> str:
    """Render a report."""
    return str(number)


render("three")  # error
length: int = render(3)  # error


class Loud(Event, name="lab.loud", severity="LOUD"):  # error
    """An unknown severity."""


class Named(Event, nam="lab.named"):  # error
    """An unknown keyword."""


class Numbered(Event, name=5):  # error
    """A name that is no text."""


class Listed(Event, name="lab.listed", instruments=[Counter("listed_total")]):  # error
    """A list."""


class Gauged(Event, name="lab.gauged", instruments=(Gauge("gauged"),)):  # error
    """A gauge is no instrument of events."""


Counter("x_total", by="species")  # error
Counter("x_total", buckets=(1, 2))  # error
Counter()  # error
Histogram("x_seconds", buckets=("a", "b"))  # error
Histogram("x_seconds", ("a",), (1, 2))  # error
Gauge("x", scope="all")  # error
Gauge("x", by=("status",))  # error
Limited("fifty")  # error
Alert("Down", "up == 0", "page", "It is down")  # error
Ratio("x_ratio", "a_total")  # error
Objective("x", "a_total", "b_total", "99 %")  # error
Catalog("lab", events=[done])  # error
Catalog("lab", events=Done)  # error
Catalog("lab", gauges=["queue_length"])  # error
Catalog(5)  # error


def by_argument(queue: str) -> int:
    """Take what nobody gives."""
    return len(queue)


labotel.gauge(Gauge("queue_length"))(by_argument)  # error
labotel.gauge("queue_length")  # error
labotel.configure("lab")  # error
labotel.configure(service_name=5)  # error
labotel.configure(compression="zip")  # error
labotel.configure(catalogs=[Done])  # error
labotel.flush("now")  # error
