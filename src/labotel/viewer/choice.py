"""The trace that is worth showing when there is room for one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

from labotel.viewer.model import LogRecord, Span, instance_of, service_of
from labotel.viewer.store import Store

# Up to this many spans a larger trace tells more; beyond it, it only takes more room.
READABLE = 40
DATABASE = ("db.", "database.")


def choose_trace(store: Store) -> str | None:
    """The id of the most telling trace: several processes, events, logs and database queries.

    The same contents always give the same choice, in whatever order they arrived.
    """
    spans: defaultdict[str, list[Span]] = defaultdict(list)
    logs: defaultdict[str, list[LogRecord]] = defaultdict(list)
    for span in store.spans:
        spans[span.trace_id].append(span)
    for record in store.logs:
        logs[record.trace_id].append(record)
    if not spans:
        return None
    return min(spans, key=lambda trace: _rank(trace, spans[trace], logs.get(trace, [])))


def _rank(trace_id: str, spans: list[Span], logs: list[LogRecord]) -> tuple[object, ...]:
    """Smaller is better; the last two parts decide between equals."""
    processes = {(service_of(span.resource), instance_of(span.resource)) for span in spans}
    services = {service for service, _ in processes}
    events = sum(len(span.events) for span in spans)
    features = (len(processes) > 1, events > 0, bool(logs), any(map(queries_database, spans)))
    return (
        -sum(features),
        -len(processes),
        -len(services),
        -min(len(spans), READABLE),
        len(spans),
        -min(events + len(logs), READABLE),
        min(span.start_ns for span in spans),
        trace_id,
    )


def queries_database(span: Span) -> bool:
    """Whether a span, or an event on it, is about a database query."""
    named: list[tuple[str, Mapping[str, object]]] = [(span.name, span.attributes)]
    named += [(event.name, event.attributes) for event in span.events]
    return any(
        name.startswith(DATABASE) or any(key.startswith(DATABASE) for key in attributes)
        for name, attributes in named
    )
