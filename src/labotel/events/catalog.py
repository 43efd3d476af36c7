"""A catalogue: all that one domain may say, and what is derived from it."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from labotel.events.alias import Alias
from labotel.events.errors import DeclarationError, check_texts, nearest
from labotel.events.event import Event
from labotel.events.fields import Field, read
from labotel.events.instruments import Gauge

if TYPE_CHECKING:  # start-up needs none of it
    from labotel.events.panels import Dashboard, Query

_NAME = re.compile(r"[a-z][a-z0-9_]*")
_ONE = r'\w+(?:=~|!~|!=|=)"[^"\\{}]*"'
_SELECTOR = re.compile(rf"([a-z][a-z0-9_]*)(?:\{{({_ONE}(?:,{_ONE})*)\}})?")
_WINDOW = re.compile(r"[1-9]\d*[mhdw]")
_ALERT = re.compile(r"[A-Z][A-Za-z0-9]*")
_FOR = re.compile(r"\d+[smhdw]")
_RULED = ("prometheus", "loki")
_DAYS = {"m": 1 / 1440, "h": 1 / 24, "d": 1.0, "w": 7.0}
_MATCHER = re.compile(r'(\w+)(=~|!~|!=|=)"([^"]*)"')


@dataclass(frozen=True)
class Ratio:
    """A recording rule called `name`: one counter over another, by the labels `by`.

    `part` and `whole` are counters' names, each with an optional PromQL selector::

        Ratio("email_bounce_rate", 'emails_sent_total{status="bounced"}', "emails_sent_total",
              by=("email_type",), window="1d")

    It is of what was counted in the `window` before (as in '5m', '1h', '1d'): long enough to hold
    some. Where nothing was, there is no ratio.
    """

    name: str
    part: str
    whole: str
    by: tuple[str, ...] = ()
    window: str = "5m"

    def __post_init__(self) -> None:
        _check_name("Ratio", self.name, "open_rate")
        by: object = self.by
        if isinstance(by, str):
            raise DeclarationError(f"{self.name}: by={by!r} must be a tuple of labels")
        object.__setattr__(self, "by", tuple(self.by))
        check_texts(self.name, **{f"by[{i}]": label for i, label in enumerate(self.by)})
        check_window(self.name, self.window)
        for text in (self.part, self.whole):
            selected(self.name, text)


def _check_name(what: str, name: object, example: str) -> None:
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        raise DeclarationError(
            f"{what}({name!r}): the name must be lower snake case, as in {example!r}"
        )


def check_window(owner: str, window: object) -> None:
    """Refuse what is no duration of Prometheus's in one unit."""
    if not isinstance(window, str) or not _WINDOW.fullmatch(window):
        raise DeclarationError(
            f"{owner}: window={window!r}; allowed: minutes, hours, days or weeks, as in '5m', '30d'"
        )


def selected(owner: str, text: str) -> tuple[str, list[tuple[str, str, str]]]:
    """Return the metric that a selector names, and its matchers (label, operator, value)."""
    match = _SELECTOR.fullmatch(text) if isinstance(text, str) else None
    if match is None:
        raise DeclarationError(
            f"{owner}: {text!r} is not a counter with an optional selector; allowed: as in "
            """'emails_sent_total{status="bounced"}'"""
        )
    return match[1], _MATCHER.findall(match[2] or "")


@dataclass(frozen=True)
class Objective:
    """A promise: `good` over `total` stays at `target` (0 to 1) over `window` (as in '30d').

    `good` and `total` are series of counters, each with an optional PromQL selector; a histogram's
    bucket and its count are such series::

        Objective("answers_in_time", 'http_request_duration_seconds_bucket{le="0.5"}',
                  "http_request_duration_seconds_count", 0.99)
    """

    name: str
    good: str
    total: str
    target: float
    window: str = "30d"

    def __post_init__(self) -> None:
        _check_name("Objective", self.name, "answers_in_time")
        check_window(self.name, self.window)
        if _DAYS[self.window[-1]] * int(self.window[:-1]) < 7:
            raise DeclarationError(
                f"{self.name}: window={self.window!r}; allowed: 7d or more, as its alerts look at "
                "three days"
            )
        target: object = self.target
        if isinstance(target, bool) or not isinstance(target, (int, float)) or not 0 < target < 1:
            raise DeclarationError(
                f"{self.name}: target={target!r}; allowed: between 0 and 1, as in 0.99"
            )
        for text in (self.good, self.total):
            selected(self.name, text)


@dataclass(frozen=True)
class Alert:
    """An alert rule: an `expression` that is true `for_` so long, with its runbook.

    It is PromQL, which Prometheus asks, or of ``labotel.events.panels``
    ``logs('sum by (host_name) (count_over_time({job="syslog"} |= "panic" [5m])) > 0')``: Loki's.

    `summary` is Prometheus's template of one line, in which ``{{ $value }}`` and
    ``{{ $labels.service_name }}`` stand for what it found; `runbook` is a page's name, by default
    the alert's own.
    """

    name: str
    expression: "str | Query"
    severity: Literal["critical", "warning"]
    summary: str
    for_: str = "5m"
    runbook: str = ""

    def __post_init__(self) -> None:
        if not isinstance(self.name, str) or not _ALERT.fullmatch(self.name):
            raise DeclarationError(
                f"Alert({self.name!r}): the name must be in capitals, as in 'HighErrorRate'"
            )
        check_texts(self.name, summary=self.summary, runbook=self.runbook)
        if isinstance(self.expression, str):
            check_texts(self.name, expression=self.expression)
        severity: object = self.severity
        if severity not in ("critical", "warning"):
            raise DeclarationError(
                f"{self.name}: severity={severity!r}; allowed: 'critical', 'warning'"
            )
        if not isinstance(self.for_, str) or not _FOR.fullmatch(self.for_):
            raise DeclarationError(
                f"{self.name}: for_={self.for_!r}; allowed: a duration, as in '30s', '5m', or '0m'"
            )
        given: object = self.expression
        if not isinstance(given, str) and getattr(given, "source", "") not in _RULED:
            raise DeclarationError(
                f"{self.name}: expression={self.expression!r}; allowed: PromQL, or logs('LogQL')"
            )

    @property
    def asks(self) -> str:
        """The expression, in PromQL or LogQL."""
        return self.expression if isinstance(self.expression, str) else self.expression.expression

    @property
    def source(self) -> str:
        """Who evaluates it: ``prometheus`` or ``loki``."""
        return "prometheus" if isinstance(self.expression, str) else self.expression.source


@dataclass(frozen=True)
class Absence(Alert):
    """An alert that something is gone which was there within a week.

    `expression` is PromQL that has an answer while it is there, `by` are the labels that tell one
    from the other::

        Absence("WorkerGone", "celery_worker_count > 0", "critical",
                "No worker for {{ $value | humanizeDuration }}", by=("service_name",))

    Where that says too little of now (a server without a request is there all the same) `here` is
    PromQL that shows it. What is found is for how long, in s, `expression` has had no answer.
    """

    by: tuple[str, ...] = ()
    here: str = ""

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.source != "prometheus":
            raise DeclarationError(f"{self.name}: an absence is of metrics; allowed: PromQL")
        by: object = self.by
        if isinstance(by, str) or not self.by:
            raise DeclarationError(f"{self.name}: by={by!r} must be a tuple of labels")
        object.__setattr__(self, "by", tuple(self.by))


_KINDS = {"ratios": Ratio, "objectives": Objective, "alerts": Alert, "aliases": Alias}


@dataclass(frozen=True)
class Catalog:
    """The events and gauges of one domain, with all that is derived from them."""

    name: str
    events: Iterable[type[Event]] = ()
    gauges: Iterable[Gauge] = ()
    ratios: Iterable[Ratio] = ()
    objectives: Iterable[Objective] = ()
    alerts: Iterable[Alert] = ()
    dashboards: "Iterable[Dashboard]" = ()
    aliases: Iterable[Alias] = ()
    gauge_fields: dict[str, tuple[Field, ...]] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        _check_name("Catalog", self.name, "lab")
        for part in ("events", "gauges", *_KINDS, "dashboards"):
            object.__setattr__(self, part, tuple(getattr(self, part)))
        for part, kind in _KINDS.items():
            for one in getattr(self, part):
                if not isinstance(one, kind):
                    raise DeclarationError(
                        f"Catalog({self.name!r}): {part}: {one!r} is no {kind.__name__}"
                    )
        for one in self.dashboards:
            if not hasattr(one, "panels"):
                raise DeclarationError(
                    f"Catalog({self.name!r}): dashboards: {one!r} is no Dashboard"
                )
        for event in self.events:
            self._check_event(event)
        if len(set(self.events)) < len(tuple(self.events)):
            raise DeclarationError(f"Catalog({self.name!r}): an event stands in it twice")
        names = [m.instrument.name for e in self.events for m in e._plan.measures]
        fields: dict[str, tuple[Field, ...]] = {}
        for gauge in self.gauges:
            if gauge.name in names or gauge.name in fields:
                raise DeclarationError(f"Catalog({self.name!r}): two metrics are {gauge.name!r}")
            fields[gauge.name] = labels_of(gauge)
        object.__setattr__(self, "gauge_fields", fields)
        for ratio in self.ratios:
            _check_ratio(ratio, tuple(self.events))

    def _check_event(self, event: Any) -> None:
        if not (isinstance(event, type) and issubclass(event, Event)):
            raise DeclarationError(f"Catalog({self.name!r}): {event!r} is not an Event class")
        if not hasattr(event, "_plan"):
            raise DeclarationError(
                f"Catalog({self.name!r}): {event.__name__} has no name=, so it only lends fields"
            )


def _check_ratio(ratio: Ratio, events: tuple[type[Event], ...]) -> None:
    """Refuse a ratio over what this catalogue's counters do not have.

    A counter of another catalogue is judged where all catalogues are there: when rules are made.
    """
    known = {m.instrument.name: (e, m) for e in events for m in e._plan.measures}
    for text in (ratio.part, ratio.whole):
        name, matchers = selected(ratio.name, text)
        if name not in known:
            continue
        event, measure = known[name]
        if measure.instrument.kind != "counter":
            raise DeclarationError(
                f"{ratio.name}: {name} is a {measure.instrument.kind}; allowed: counters"
            )
        for label in (*ratio.by, *(label for label, _, _ in matchers)):
            if label not in measure.by:
                raise DeclarationError(
                    f"{ratio.name}: {name} has no label {label!r}{nearest(label, measure.by)}; "
                    f"allowed: {', '.join(measure.by) or 'none'}"
                )
        for label, operator, value in matchers:
            if operator in ("=~", "!~"):
                continue
            field = event._plan.field(measure.fields[measure.by.index(label)])
            if field.label_values and value not in field.label_values:
                raise DeclarationError(
                    f"{ratio.name}: {name} never has {label}={value!r}; allowed: {field.allowed}"
                )


def labels_of(gauge: Gauge) -> tuple[Field, ...]:
    """Return a gauge's labels as fields; DeclarationError where one has no bound."""
    fields = tuple(read(gauge.name, label, hint) for label, hint in gauge.by.items())
    for judged in fields:
        if judged.place != "label":
            raise DeclarationError(
                f"{gauge.name}: {judged.name!r} is {judged.place}, so it cannot be a label; use an "
                "Enum, a Literal, bool, or Annotated[str, Limited(50)]"
            )
    return fields
