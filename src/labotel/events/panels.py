"""What people look at: a dashboard, its panels, and what each asks.

Words are Grafana's: a panel's `kind` is a visualization, its `unit` an id of Grafana's units
("s", "percent", "percentunit", "bytes", "reqps"), a legend a template ("{{status}}").
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final, Literal

from labotel.events.errors import DeclarationError

Kind = Literal["stat", "timeseries", "gauge", "piechart", "heatmap", "table", "logs", "traces"]
Source = Literal["prometheus", "loki", "tempo"]
Threshold = tuple[float, str]
"""From this value on a colour; below the first it is green."""

KINDS: Final = ("stat", "timeseries", "gauge", "piechart", "heatmap", "table", "logs", "traces")
COLOURS: Final = ("green", "yellow", "orange", "red", "blue", "purple")
WIDTH: Final = 24
"""The columns of a dashboard."""
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
        given = self.queries
        each = (given,) if isinstance(given, (str, Query)) else tuple(given)
        asked = tuple(Query(one) if isinstance(one, str) else one for one in each)
        object.__setattr__(self, "asked", asked)
        if not asked:
            raise DeclarationError(f"panel {self.title!r}: it asks nothing; give a query")
        kind: object = self.kind
        if kind not in KINDS:
            raise DeclarationError(
                f"panel {self.title!r}: kind={kind!r}; allowed: {', '.join(KINDS)}"
            )
        if not 1 <= self.width <= WIDTH:
            raise DeclarationError(
                f"panel {self.title!r}: width={self.width!r}; allowed: 1 to {WIDTH}"
            )
        for value, colour in self.thresholds:
            if colour not in COLOURS:
                raise DeclarationError(
                    f"panel {self.title!r}: the threshold {value!r} is {colour!r}; allowed: "
                    f"{', '.join(COLOURS)}"
                )


@dataclass(frozen=True)
class Row:
    """A heading over the panels that follow it."""

    title: str


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
