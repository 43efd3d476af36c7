"""From an event's declaration to the function that adds its values to the cells.

Generated once for a class: a declaration is static, so what it means is decided before the first
event and not again for each.
"""

from bisect import bisect_left
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any, Final

from labotel.events.event import Event, Plan, Values
from labotel.events.judge import number
from labotel.events.measures import Measure
from labotel.policy.cardinality import Note
from labotel.signals.cells import Meter, Metric, total

GROWING: Final = ("counter", "histogram")
"""What takes no number below 0, as OpenTelemetry specifies: a histogram's sum is a counter, too."""
Aggregate = Callable[[Values, int, Any], None]
"""(values, time in ns, the span context for an exemplar or None)."""


def metric_of(plan: Plan, measure: Measure, note: Note | None) -> Metric:
    """Return a metric without series for one instrument of an event."""
    made = measure.instrument
    return Metric(
        made.name,
        made.kind,
        measure.by,
        made.unit,
        made.description or plan.doc.partition("\n")[0],
        getattr(made, "buckets", ()),
        # A value that is replaced is told by the label's name, which may not be the field's.
        tuple(
            replace(plan.field(of), name=label)
            for label, of in zip(measure.by, measure.fields, strict=True)
        ),
        note,
    )


def build(event: type[Event], meter: Meter, note: Note) -> Aggregate:
    """Return the function that aggregates an event of this class into `meter`."""
    plan = event._plan
    scope: dict[str, Any] = {
        "bisect": bisect_left, "number": number, "note": note, "timedelta": timedelta,
        "total": total,
    }  # fmt: skip
    lines = ["def aggregate(v, t, x):"]
    for i, measure in enumerate(plan.measures):
        metric = meter.get(measure.instrument.name, metric_of(plan, measure, note))
        scope |= {f"m{i}": metric, f"k{i}": metric.known, f"b{i}": metric.bounds}
        lines += _measure(i, plan, measure, metric)
    if not plan.measures:
        lines.append("    pass")
    exec(compile("\n".join(lines), f"<aggregate {plan.name}>", "exec"), scope)  # noqa: S102
    made: Aggregate = scope["aggregate"]
    return made


def _measure(i: int, plan: Plan, measure: Measure, metric: Metric) -> list[str]:
    places = [f"v[{plan.index[label]}]" for label in measure.fields]
    key = places[0] if len(places) == 1 else f"({''.join(p + ', ' for p in places)})"
    find = [f"c = k{i}.get({key}) or m{i}.resolve({key}, t)"]
    if measure.of is None:
        body = [*find, "c.value += 1", "if x is not None: c.exemplar = (1, t, x)"]
        return [f"    {line}" for line in body]
    value = f"v[{plan.index[measure.of]}]"
    if metric.kind == "histogram":
        body = [
            *find,
            "n = float(n)",
            f"i = bisect(b{i}, n)",
            "c.counts[i] += 1; c.sum += n; c.count += 1",
            "if n < c.min: c.min = n",
            "if n > c.max: c.max = n",
            "if x is not None: c.exemplars[i] = (n, t, x)",
        ]
    else:
        body = [*find, "c.value = total(c.value, n)", "if x is not None: c.exemplar = (n, t, x)"]
    if plan.field(measure.of).type is timedelta:
        # No NaN is a timedelta: the common case needs no second look.
        take = f"n = {value}.total_seconds() if {value}.__class__ is timedelta else number({value})"
    else:
        take = f"n = number({value})"
    refuse = "n is None or n < 0" if metric.kind in GROWING else "n is None"
    if measure.scale != 1:
        body.insert(0, f"n = float(n) / {measure.scale!r}")
    told = f"if {value} is not None: note('amount', {measure.instrument.name!r})"
    return [
        f"    {take}",
        f"    if {refuse}:",
        f"        {told}",
        "    else:",
        *(f"        {line}" for line in body),
    ]
