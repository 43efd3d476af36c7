"""labotel's own state, for a person or a check, and what is measured.

What waits, what was lost, who answers; which integrations there are, and what failed.
"""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, Final

from labotel.catalogs.builtin import BUILT_IN
from labotel.export.runtime import Runtime
from labotel.signals.cells import HistogramCell, Meter

_SERVICE: Final = {
    "name": "service.name",
    "namespace": "service.namespace",
    "version": "service.version",
    "environment": "deployment.environment.name",
}


def status(
    runtime: Runtime, whole: Meter, integrations: Callable[[], list[dict[str, str]]]
) -> dict[str, Any]:
    """Return this process's state, labotel's own metrics of the host, and what is measured."""
    attributes = runtime.attributes
    pipeline = runtime.pipeline
    host = {
        metric.name: [
            {"labels": dict(zip(metric.labels, values, strict=True)), **_said(cell)}
            for values, cell in sorted(metric.cells.items())
        ]
        for metric in sorted(whole, key=lambda m: m.name)
        if metric.name.startswith("labotel_")
    }
    return {
        "labotel": attributes["telemetry.distro.version"],
        "service": {name: attributes[key] for name, key in _SERVICE.items() if attributes.get(key)},
        "process": {
            "instance": runtime.keeper.identity,
            "receiver_answers": runtime.exporter.courier.answered,
            "waiting": {
                "events": len(pipeline.queue),
                "spans": len(runtime.spans.spans),
                "log_records": len(pipeline.logs),
            },
        },
        "host": host,
        "integrations": integrations(),
        "faults": [
            {"where": where, "type": kind, "last": _moment(at)}
            for where, (kind, at) in sorted(pipeline.tally.faults.items())
        ],
        "metrics": measured(runtime, whole),
    }


def measured(runtime: Runtime, whole: Meter) -> list[dict[str, Any]]:
    """Return what is declared in this process, and how many series of it the host has."""
    made: dict[str, dict[str, Any]] = {}
    for catalog in runtime.catalogs:
        declared = [
            (
                m.instrument.name,
                m.instrument.kind,
                m.by,
                m.instrument.description or event._plan.doc,
            )
            for event in catalog.events
            for m in event._plan.measures
        ]
        declared += [(g.name, g.kind, tuple(g.by), g.description) for g in catalog.gauges]
        for name, kind, labels, text in declared:
            known = whole.metrics.get(name)
            made[name] = {
                "name": name,
                "type": kind,
                "labels": list(labels),
                "series": 0 if known is None else len(known.cells),
                "catalog": catalog.name,
                "built_in": catalog in BUILT_IN,
                "description": text.partition("\n")[0],
            }
    return [made[name] for name in sorted(made)]


def _moment(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).isoformat(timespec="seconds")


def _said(cell: Any) -> dict[str, float]:
    if isinstance(cell, HistogramCell):
        return {"count": cell.count, "sum": float(cell.sum)}
    return {"value": float(cell.value)}
