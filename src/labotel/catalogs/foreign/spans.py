"""What the Collector makes of spans: their numbers and durations, exceptions, the service graph."""

from typing import Final

from labotel.catalogs.foreign.foreign import Foreign
from labotel.events.who import WHO

_SPAN: Final = ("span_name", "span_kind", "status_code")
_EDGE: Final = ("client", "server", "connection_type", "failed")
_SECONDS: Final = "traces_service_graph_request_{}_seconds_{}"

FOREIGN: Final = Foreign(
    "spans",
    source="spanmetricsconnector and exceptionsconnector of OpenTelemetry Collector contrib",
    version="0.145.0",
    who=tuple(sorted(WHO)),
    series={
        "exceptions_total": ("exception_type", *_SPAN),
        "traces_span_metrics_calls_total": _SPAN,
        "traces_span_metrics_duration_seconds_bucket": (*_SPAN, "le"),
        "traces_span_metrics_duration_seconds_count": _SPAN,
        "traces_span_metrics_duration_seconds_sum": _SPAN,
    },
)
GRAPH: Final = Foreign(
    "service graph",
    source="servicegraphconnector of OpenTelemetry Collector contrib",
    version="0.145.0",
    who=(),
    series={
        "traces_service_graph_request_total": _EDGE,
        "traces_service_graph_request_failed_total": _EDGE,
        **{_SECONDS.format(side, "bucket"): (*_EDGE, "le") for side in ("client", "server")},
        **{_SECONDS.format(s, of): _EDGE for s in ("client", "server") for of in ("count", "sum")},
    },
)
