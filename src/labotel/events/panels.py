"""What people look at: a dashboard, its panels, and what each asks.

Words are Grafana's: a panel's `kind` is a visualization, its `unit` an id of Grafana's units
("s", "percent", "percentunit", "bytes", "reqps"), a legend a template ("{{status}}").
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from math import isfinite
from typing import Any, Final, Literal

from labotel.events.errors import DeclarationError, check_texts

Kind = Literal["stat", "timeseries", "gauge", "piechart", "heatmap", "table", "logs", "traces"]
Source = Literal["prometheus", "loki", "tempo"]
Threshold = tuple[float, str]
"""From this value on a colour; below the first it is green."""

KINDS: Final = ("stat", "timeseries", "gauge", "piechart", "heatmap", "table", "logs", "traces")
SOURCES: Final = ("prometheus", "loki", "tempo")
COLOURS: Final = ("green", "yellow", "orange", "red", "blue", "purple")
WIDTH: Final = 24
"""The columns of a dashboard."""
TALLEST: Final = 100
"""The rows of a panel, of which a screen shows about thirty."""
NO_TRAFFIC: Final = "no traffic"


@dataclass(frozen=True)
class Query:
    """What a panel asks: PromQL, LogQL (`loki`) or TraceQL (`tempo`).

    The dashboard's filters (service, environment, instance) are added to each selector, so they do
    not stand in the expression. Windows may be Grafana's: ``$__rate_interval``, ``$__range``.
    """

    expression: str
    legend: str = ""
    source: Source = "prometheus"

    def __post_init__(self) -> None:
        check_texts(f"Query({self.expression!r})", expression=self.expression, legend=self.legend)
        source: object = self.source
        if source not in SOURCES:
            raise DeclarationError(
                f"Query({self.expression!r}): source={source!r}; allowed: {', '.join(SOURCES)}"
            )


def logs(expression: str, legend: str = "") -> Query:
    """Ask Loki, in LogQL."""
    return Query(expression, legend, "loki")


def traces(expression: str) -> Query:
    """Ask Tempo, in TraceQL."""
    return Query(expression, "", "tempo")


def quantiles(rates: str) -> tuple[Query, ...]:
    """Ask for the 99th, the 95th and the 50th percentile, of a histogram's rates by bucket.

    `quantiles("rate(sale_value_bucket[$__rate_interval])")`.
    """
    return tuple(
        Query(f"histogram_quantile({share}, sum by (le) ({rates}))", called)
        for share, called in ((0.99, "p99"), (0.95, "p95"), (0.5, "p50"))
    )


@dataclass(frozen=True)
class Panel:
    """A panel of a dashboard: a title, what it asks, and how that is shown.

    `queries` is an expression of PromQL, a Query or several. `width` is in columns of 24. `empty`
    stands where there is nothing to show: a ratio of nothing is no number.
    """

    title: str
    queries: "str | Query | Iterable[str | Query]"
    kind: Kind = "timeseries"
    unit: str = "short"
    thresholds: tuple[Threshold, ...] = ()
    description: str = ""
    width: int = 8
    height: int = 8
    empty: str = NO_TRAFFIC
    asked: tuple[Query, ...] = field(init=False, repr=False, compare=False)
    """`queries`, as a tuple."""

    def __post_init__(self) -> None:
        owner = f"panel {self.title!r}"
        check_texts(
            owner, title=self.title, unit=self.unit, description=self.description, empty=self.empty
        )
        given: Any = self.queries
        each = given if isinstance(given, Iterable) and not isinstance(given, str) else (given,)
        asked = tuple(one if isinstance(one, Query) else Query(one) for one in each)
        object.__setattr__(self, "asked", asked)
        if not asked:
            raise DeclarationError(f"{owner}: it asks nothing; give a query")
        kind: object = self.kind
        if kind not in KINDS:
            raise DeclarationError(f"{owner}: kind={kind!r}; allowed: {', '.join(KINDS)}")
        for name, size, most in (("width", self.width, WIDTH), ("height", self.height, TALLEST)):
            if not isinstance(size, int) or not 1 <= size <= most:
                raise DeclarationError(f"{owner}: {name}={size!r}; allowed: 1 to {most}")
        for threshold in self.thresholds:
            if not isinstance(threshold, tuple) or len(threshold) != 2:
                raise DeclarationError(
                    f"{owner}: the threshold {threshold!r}; allowed: as in (90, 'red')"
                )
            value, colour = threshold
            if not isinstance(value, (int, float)) or not isfinite(value):
                raise DeclarationError(
                    f"{owner}: the threshold {value!r}; allowed: a number, as in (90, 'red')"
                )
            if colour not in COLOURS:
                raise DeclarationError(
                    f"{owner}: the threshold {value!r} is {colour!r}; allowed: {', '.join(COLOURS)}"
                )


@dataclass(frozen=True)
class Row:
    """A heading over the panels that follow it."""

    title: str

    def __post_init__(self) -> None:
        check_texts(f"Row({self.title!r})", title=self.title)


@dataclass(frozen=True)
class Dashboard:
    """A page of panels, left to right and down; `Row`s stand over those that belong together."""

    title: str
    panels: Iterable[Panel | Row]
    description: str = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "panels", tuple(self.panels))
        if not isinstance(self.title, str) or not self.title.strip():
            raise DeclarationError(f"Dashboard({self.title!r}): give it a title")
        owner = f"dashboard {self.title!r}"
        check_texts(owner, title=self.title, description=self.description)
        for part in self.panels:
            if not isinstance(part, (Panel, Row)):
                raise DeclarationError(f"{owner}: {part!r} is no part of it; allowed: Panel, Row")
