"""labotel's own state, for a person or a check: what waits, what was lost, who answers."""

from typing import Any, Final

from labotel.export.runtime import Runtime
from labotel.signals.cells import HistogramCell, Meter

_SERVICE: Final = {
    "name": "service.name",
    "namespace": "service.namespace",
    "version": "service.version",
    "environment": "deployment.environment.name",
}


def status(runtime: Runtime, whole: Meter) -> dict[str, Any]:
    """Return the state of this process, and labotel's own metrics summed over the host's."""
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
            "receiver_answers": _answers(runtime, whole),
            "waiting": {
                "events": len(pipeline.queue),
                "spans": len(runtime.spans.spans),
                "log_records": len(pipeline.logs),
            },
        },
        "host": host,
    }


def _said(cell: Any) -> dict[str, float]:
    if isinstance(cell, HistogramCell):
        return {"count": cell.count, "sum": float(cell.sum)}
    return {"value": float(cell.value)}


def _answers(runtime: Runtime, whole: Meter) -> bool | None:
    """Tell how this process's last request went; None where nobody here has sent one."""
    asked = ("labotel_exported_total", "labotel_export_failures_total")
    if not any(name in whole.metrics for name in asked):
        return None
    return not runtime.pipeline.slow_receiver
