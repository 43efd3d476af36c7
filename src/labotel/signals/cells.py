"""The cells in which metrics add up: one for each series; and the metrics that hold them.

Cells are written under the pipeline's drain lock alone, never by an application's `emit`.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Context, Decimal
from itertools import product
from math import inf, prod
from typing import Any, Final

from labotel.events.fields import Field
from labotel.events.instruments import Kind
from labotel.policy.cardinality import SERIES_LIMIT, LabelPolicy, Note

Labels = tuple[str, ...]
Exemplar = tuple[Any, int, Any]
"""(value, time in ns, the span's context)."""

ZERO_LIMIT: Final = 64
"""A metric with at most so many possible series is exported at 0 from the start."""
BEFORE: Final = 1_000_000
"""A series starts so many ns before its first event: Prometheus's clock ticks in milliseconds."""


class NumberCell:
    """A counter's, an up-down counter's or a gauge's series."""

    __slots__ = ("exemplar", "fresh", "labels", "start", "value")

    def __init__(self, labels: Labels, start: int) -> None:
        self.labels = labels
        self.start = start
        self.value: int | float | Decimal = 0
        self.exemplar: Exemplar | None = None
        self.fresh = True


class HistogramCell:
    """A histogram's series: `counts` has one bucket more than there are bounds."""

    __slots__ = ("count", "counts", "exemplars", "fresh", "labels", "max", "min", "start", "sum")

    def __init__(self, labels: Labels, start: int, bounds: int) -> None:
        self.labels = labels
        self.start = start
        self.counts = [0] * (bounds + 1)
        self.sum: float = 0.0
        self.count = 0
        self.min = inf
        self.max = -inf
        self.exemplars: dict[int, Exemplar] = {}
        self.fresh = True


Cell = NumberCell | HistogramCell


@dataclass(eq=False)
class Metric:
    """One metric of this process: what it is called and its series by their label values."""

    name: str
    kind: Kind
    labels: tuple[str, ...]
    unit: str = ""
    description: str = ""
    bounds: tuple[float, ...] = ()
    fields: tuple[Field, ...] | None = None
    note: Note | None = None
    cells: dict[Labels, Any] = field(default_factory=dict)
    limit: int = SERIES_LIMIT

    def __post_init__(self) -> None:
        self.policy = LabelPolicy(self.fields or (), self._tell)
        # Each raw key that was clean -> its cell; what is replaced is judged, and counted, anew.
        self.known: dict[Any, Any] = {}

    def _tell(self, what: str, label: str) -> None:
        if self.note is not None:
            self.note(what, f"{self.name}.{label}" if label else self.name)

    def cell(self, labels: Labels, now: int) -> Any:
        """Return the cell of a series, made where it is new and the metric's limit allows it."""
        made = self.cells.get(labels)
        if made is not None:
            return made
        if len(self.cells) >= self.limit and self.labels:
            self._tell("overflow", "")
            labels = self.policy.overflow
            if labels in self.cells:
                return self.cells[labels]
        return self.add(labels, now - BEFORE)

    def add(self, labels: Labels, start: int) -> Any:
        """Make the cell of a series that starts at `start` (ns)."""
        if self.kind == "histogram":
            made: Cell = HistogramCell(labels, start, len(self.bounds))
        else:
            made = NumberCell(labels, start)
        self.cells[labels] = made
        self.policy.learn(labels if self.fields is not None else ())
        return made

    def resolve(self, key: Any, now: int) -> Any:
        """Return the cell of raw label values: a tuple, or the value itself for a single label."""
        raw = key if len(self.labels) != 1 else (key,)
        labels, clean = self.policy.apply(raw)
        overflowing = len(self.cells) >= self.limit and labels not in self.cells
        made = self.cell(labels, now)
        if clean and not overflowing:
            if len(self.known) >= 4 * self.limit:
                self.known.clear()
            self.known[key] = made
        return made

    def start_at_zero(self, now: int) -> None:
        """Make every series that the labels' types allow, where they are few."""
        if self.kind not in ("counter", "histogram"):
            return
        values = [f.label_values for f in self.fields or ()]
        if any(not v for v in values) or prod(map(len, values)) > ZERO_LIMIT:
            return
        for labels in product(*values):
            if labels not in self.cells:
                self.add(labels, now)

    @property
    def signature(self) -> tuple[Any, ...]:
        """What must be the same for a slot's totals to be carried on."""
        return (self.kind, tuple(self.labels), tuple(self.bounds))


class Meter:
    """All metrics of this process by their names."""

    def __init__(self) -> None:
        self.metrics: dict[str, Metric] = {}

    def __iter__(self) -> Iterator[Metric]:
        return iter(list(self.metrics.values()))

    def get(self, name: str, make: "Metric") -> Metric:
        """Return the metric called `name`; `make` becomes it where there is none or it differs."""
        known = self.metrics.get(name)
        if known is not None and known.signature == make.signature:
            return known
        self.metrics[name] = make
        return make

    def touch(self) -> Sequence[Cell]:
        """Return every cell whose first export is still to come."""
        return [cell for metric in self for cell in metric.cells.values() if cell.fresh]


_EXACT: Final = Context(prec=60, traps=[])
"""A thread's own context is the application's: its precision may be 2, and it may raise."""


def total(a: Any, b: Any) -> int | float | Decimal:
    """Return the sum of two totals, exact where both are (an int and a Decimal are)."""
    if isinstance(a, float) or isinstance(b, float):
        return float(a) + float(b)
    if isinstance(a, Decimal) or isinstance(b, Decimal):
        return _EXACT.add(a, b)
    return a + b  # type: ignore[no-any-return]  # two ints
