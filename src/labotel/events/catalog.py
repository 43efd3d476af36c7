"""A catalogue: all that one domain may say, and what is derived from it."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Literal

from labotel.events.errors import DeclarationError
from labotel.events.event import Event
from labotel.events.fields import Field, read
from labotel.events.instruments import Gauge

_NAME = re.compile(r"[a-z][a-z0-9_]*")


@dataclass(frozen=True)
class Ratio:
    """A recording rule called `name`: the counter `part` over the counter `whole`, by `by`."""

    name: str
    part: str
    whole: str
    by: tuple[str, ...] = ()


@dataclass(frozen=True)
class Objective:
    """A promise: `good` over `total` stays at `target` (0 to 1) over `window` (as in '30d')."""

    name: str
    good: str
    total: str
    target: float
    window: str = "30d"


@dataclass(frozen=True)
class Alert:
    """An alert rule: PromQL `expression`, true `for_` so long, with its runbook."""

    name: str
    expression: str
    severity: Literal["critical", "warning"]
    summary: str
    for_: str = "5m"
    runbook: str = ""


@dataclass(frozen=True)
class Catalog:
    """The events and gauges of one domain, with its ratios, objectives and alerts."""

    name: str
    events: Iterable[type[Event]] = ()
    gauges: Iterable[Gauge] = ()
    ratios: Iterable[Ratio] = ()
    objectives: Iterable[Objective] = ()
    alerts: Iterable[Alert] = ()
    gauge_fields: dict[str, tuple[Field, ...]] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        if not isinstance(self.name, str) or not _NAME.fullmatch(self.name):
            raise DeclarationError(
                f"Catalog({self.name!r}): the name must be lower snake case, as in 'lab'"
            )
        for part in ("events", "gauges", "ratios", "objectives", "alerts"):
            object.__setattr__(self, part, tuple(getattr(self, part)))
        for event in self.events:
            self._check_event(event)
        if len(set(self.events)) < len(tuple(self.events)):
            raise DeclarationError(f"Catalog({self.name!r}): an event stands in it twice")
        names = [m.instrument.name for e in self.events for m in e._plan.measures]
        fields: dict[str, tuple[Field, ...]] = {}
        for gauge in self.gauges:
            if gauge.name in names or gauge.name in fields:
                raise DeclarationError(f"Catalog({self.name!r}): two metrics are {gauge.name!r}")
            fields[gauge.name] = _gauge_fields(gauge)
        object.__setattr__(self, "gauge_fields", fields)

    def _check_event(self, event: Any) -> None:
        if not (isinstance(event, type) and issubclass(event, Event)):
            raise DeclarationError(f"Catalog({self.name!r}): {event!r} is not an Event class")
        if not hasattr(event, "_plan"):
            raise DeclarationError(
                f"Catalog({self.name!r}): {event.__name__} has no name=, so it only lends fields"
            )


def _gauge_fields(gauge: Gauge) -> tuple[Field, ...]:
    fields = tuple(read(gauge.name, label, hint) for label, hint in gauge.by.items())
    for judged in fields:
        if judged.place != "label":
            raise DeclarationError(
                f"{gauge.name}: {judged.name!r} is {judged.place}, so it cannot be a label; use an "
                "Enum, a Literal, bool, or Annotated[str, Limited(50)]"
            )
    return fields
