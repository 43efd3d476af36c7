"""Instruments as they are declared, and the rules that keep a name the same on every route.

The rules come from the OpenTelemetry specification's *Prometheus and OpenMetrics compatibility*
and from Prometheus's own OTLP translation: a unit whose word is missing from the name is appended,
``total`` is moved to the end, and repeated underscores are folded.
"""

import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any, ClassVar, Final, Literal

from labotel.events.buckets import SECONDS
from labotel.events.errors import DeclarationError

Kind = Literal["counter", "updowncounter", "histogram", "gauge"]
Scope = Literal["service", "host", "process"]

_NAME = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")
_LABEL = re.compile(r"[a-z][a-z0-9_]*")
_REFUSED_LABELS = frozenset({"le", "quantile", "job", "instance"})

# The last word of a name -> the UCUM unit that Prometheus maps to the very same word.
_UNITS = {
    "seconds": "s", "milliseconds": "ms", "minutes": "min", "hours": "h", "days": "d",
    "bytes": "By", "percent": "%", "celsius": "Cel", "meters": "m", "grams": "g", "joules": "J",
}  # fmt: skip
SECONDS_IN: Final = {"ms": 0.001, "s": 1.0, "min": 60.0, "h": 3600.0, "d": 86400.0}
"""The units of time, and how many seconds each is."""
TIME_WORDS: Final = tuple(word for word, unit in _UNITS.items() if unit in SECONDS_IN)


def check_label(label: str, owner: str) -> None:
    """Refuse a label name that Prometheus, a scrape or OpenTelemetry gives a meaning of its own."""
    if not isinstance(label, str):
        raise DeclarationError(f"{owner}: {label!r} is not a label name; give the field's name")
    if label in _REFUSED_LABELS or label.startswith("otel_scope"):
        raise DeclarationError(
            f"{owner}: the label {label!r} belongs to Prometheus or OpenTelemetry; "
            "choose another name for the field"
        )
    if not _LABEL.fullmatch(label) or "__" in label:
        raise DeclarationError(
            f"{owner}: {label!r} is no label name; allowed: lower snake case, as in 'sample_type'"
        )


def _check_name(name: object, kind: Kind) -> str:
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        raise DeclarationError(
            f"{name!r} is not a metric name; allowed: lower snake case without double "
            "underscores, the full Prometheus name, as in 'protocols_created_total'"
        )
    words = name.split("_")
    if kind == "counter" and words[-1] != "total":
        raise DeclarationError(f"the counter {name!r} must end in '_total': {name + '_total'!r}")
    if kind != "counter" and words[-1] == "total":
        raise DeclarationError(f"the {kind} {name!r} must not end in '_total': only counters do")
    inner = words[:-1] if kind == "counter" else words
    if "total" in inner and kind == "counter":
        raise DeclarationError(
            f"the counter {name!r} has 'total' in the middle, which Prometheus moves to the end; "
            "leave that word out"
        )
    if words[-1] in ("bucket", "created"):
        raise DeclarationError(f"{name!r} ends in '_{words[-1]}', a suffix that Prometheus makes")
    if "ratio" in inner and words[-1] != "ratio" and kind == "gauge":
        raise DeclarationError(f"the gauge {name!r} has 'ratio' in the middle; put it at the end")
    return name


def unit_of(name: str) -> str:
    """Return the unit (UCUM) that the name's last word stands for, or "" where it has none."""
    words = name.removesuffix("_total").split("_")
    return _UNITS.get(words[-1], "")


@dataclass(frozen=True)
class _Instrument:
    """`by`: the fields that are its labels, or {label: field} where a label has another name."""

    name: str
    by: tuple[str, ...] | Mapping[str, str] | None = None
    description: str = field(default="", kw_only=True)
    labels: tuple[tuple[str, str], ...] | None = field(init=False, repr=False, default=None)
    """(label, field) pairs; None where `by` was left out."""

    kind: ClassVar[Kind]

    def __post_init__(self) -> None:
        _check_name(self.name, self.kind)
        if self.by is None:
            return
        by: object = self.by
        if isinstance(by, str) or not isinstance(by, Iterable):
            raise DeclarationError(
                f"{self.name}: by={by!r} must be a tuple of field names, or a mapping of labels to "
                "field names"
            )
        pairs = tuple(by.items()) if isinstance(by, Mapping) else tuple((f, f) for f in by)
        for label, of in pairs:
            check_label(label, self.name)
            check_label(of, self.name)
        if len({label for label, _ in pairs}) < len(pairs):
            raise DeclarationError(f"{self.name}: by={by!r} names a label twice")
        object.__setattr__(self, "by", tuple(label for label, _ in pairs))
        object.__setattr__(self, "labels", pairs)

    @property
    def unit(self) -> str:
        """The unit (UCUM) that the name's last word stands for, or ""."""
        return unit_of(self.name)


@dataclass(frozen=True)
class Counter(_Instrument):
    """A sum that only grows: of events (in the class keywords) or of a field's value."""

    kind: ClassVar[Kind] = "counter"


@dataclass(frozen=True)
class UpDownCounter(_Instrument):
    """A sum of a field's value that may go down; of the live processes alone."""

    kind: ClassVar[Kind] = "updowncounter"


@dataclass(frozen=True)
class Histogram(_Instrument):
    """The distribution of a field's value, in buckets with the given inclusive upper bounds."""

    buckets: tuple[float, ...] = field(default=(), kw_only=True)

    kind: ClassVar[Kind] = "histogram"

    def __post_init__(self) -> None:
        super().__post_init__()
        if not self.buckets and self.unit == "s":
            object.__setattr__(self, "buckets", SECONDS)
        try:
            bounds = tuple(float(bound) for bound in self.buckets)
        except (TypeError, ValueError):
            bounds = ()
        rising = all(a < b for a, b in pairwise(bounds))
        if not bounds or not rising or not all(map(math.isfinite, bounds)):
            raise DeclarationError(
                f"{self.name}: buckets={self.buckets!r} must be rising finite numbers; "
                "MILLISECONDS, SECONDS, MINUTES and HOURS_TO_DAYS are ready-made"
            )
        object.__setattr__(self, "buckets", bounds)


@dataclass(frozen=True)
class Gauge:
    """A value read once a period: of the whole service, of each host, or of each process.

    One process reads those of the service and of its host; queries take `max` over the one and
    `sum` over the values of processes. `by` maps each label to its type, which must be bounded
    as an event's field is.
    """

    name: str
    by: Mapping[str, Any] = field(default_factory=dict)
    scope: Scope = "service"
    description: str = field(default="", kw_only=True)

    kind: ClassVar[Kind] = "gauge"

    def __post_init__(self) -> None:
        _check_name(self.name, "gauge")
        if self.scope not in ("service", "host", "process"):
            raise DeclarationError(
                f"{self.name}: scope={self.scope!r}; allowed: 'service' (one value for the "
                "deployment), 'host' (one for each host) or 'process' (one for each process)"
            )
        if not isinstance(self.by, Mapping):
            raise DeclarationError(
                f"{self.name}: by={self.by!r} must map each label to its type, as in "
                "by={'status': ProtocolStatus}"
            )
        for label in self.by:
            check_label(label, self.name)

    def __hash__(self) -> int:
        return hash(self.name)

    @property
    def unit(self) -> str:
        """The unit (UCUM) that the name's last word stands for, or ""."""
        return unit_of(self.name)


Instrument = Counter | UpDownCounter | Histogram
