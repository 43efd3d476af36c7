"""Spans in OTLP bytes: the SDK's finished spans, with labotel's lazy events and scrubbed texts."""

import re
from collections.abc import Iterable, Mapping
from typing import Any, Final

from labotel.events.event import Event
from labotel.events.texts import CAP, text_of
from labotel.export.wire import (
    at,
    attributes,
    block,
    fixed32,
    request,
    scope,
    span_id,
    text,
    trace_id,
    varint,
)  # fmt: skip
from labotel.export.wire_events import SPAN_EVENT, EventFields
from labotel.policy.attributes import clean, scrubbed
from labotel.policy.pseudonyms import Pseudonyms, is_pseudonym
from labotel.policy.scrubbing import scrub, scrub_short
from labotel.signals.carried import ACTOR, TENANT
from labotel.signals.spans import SpanEvent

NAMES: Final = 4096
"""Names of spans that are kept as they leave."""
_SAMPLING: Final = re.compile(r"(?:th|rv):[0-9a-f]{1,14}(?:;(?:th|rv):[0-9a-f]{1,14})?")
OWN: Final = "labotel"
"""The scope of labotel's own spans."""
SAID: Final = frozenset({
    "http.request.method", "url.scheme", "server.address", "http.response.status_code",
    "http.route", "db.system.name", "db.namespace", "db.operation.name", "db.collection.name",
    "db.query.text", "error.type", "code.function.name", ACTOR, TENANT,
})  # fmt: skip
"""What labotel says on them itself; nothing of it is left out."""


def _own(fields: Mapping[str, Any]) -> dict[str, Any]:
    """Return the attributes of a span of labotel's: the application may have set more on it.

    Or others in their place: the texts of its own are few, so it is remembered how they leave.
    """
    said = {
        k: scrub_short(v) if type(v) is str else scrubbed(v) for k, v in fields.items() if k in SAID
    }
    if ACTOR in said and not is_pseudonym(said[ACTOR]):
        del said[ACTOR]
    if len(said) < len(fields):
        said |= clean({key: value for key, value in fields.items() if key not in SAID})
    return said


class SpanEncoder:
    """Encodes the finished spans of one process."""

    def __init__(self, pseudonyms: Pseudonyms) -> None:
        self._pseudonyms = pseudonyms
        self._events: dict[type[Event], tuple[EventFields, bytes]] = {}
        self._names: dict[str, bytes] = {}

    def encode(self, resource_field: bytes, spans: Iterable[Any]) -> bytes:
        """Return an ExportTraceServiceRequest of the SDK's ReadableSpans."""
        scopes: dict[Any, list[bytes]] = {}
        for span in spans:
            scopes.setdefault(span.instrumentation_scope, []).append(self._span(span))
        return request(resource_field, [(_scope(s), made) for s, made in scopes.items()])

    def _named(self, name: Any) -> bytes:
        """Return a span's name, scrubbed once: names are few."""
        if type(name) is not str or len(name) > CAP:
            name = text_of(name, CAP)
        known = self._names.get(name)
        if known is not None:
            return known
        if len(self._names) >= NAMES:
            self._names.clear()
        made = self._names[name] = text(b"\x2a", scrub(name))
        return made

    def _span(self, span: Any) -> bytes:
        context = span.get_span_context()
        parent = span.parent
        own = span.instrumentation_scope is not None and span.instrumentation_scope.name == OWN
        fields = span.attributes
        parts = [
            b"\x0a\x10", trace_id(context.trace_id),
            b"\x12\x08", span_id(context.span_id),
            self._named(span.name),
            b"\x30", varint(span.kind.value + 1),
            at(7, span.start_time or 0),
            at(8, _end(span.start_time, span.end_time)),
            attributes(b"\x4a", _own(fields) if own else clean(fields)),
        ]  # fmt: skip
        parts.append(_trace_state(context))
        if parent is not None:
            parts.append(b"\x22\x08" + span_id(parent.span_id))
        parts += [block(b"\x5a", self._event(event)) for event in span.events]
        if span.links:
            parts += [block(b"\x6a", self._link(link)) for link in span.links]
        for key, dropped in (
            (b"\x50", span.dropped_attributes),
            (b"\x60", span.dropped_events),
            (b"\x70", span.dropped_links),
        ):
            if dropped:
                parts.append(key + varint(dropped))
        parts.append(self._status(span.status))
        parts.append(b"\x85\x01" + fixed32(_flags(parent)))
        return b"".join(parts)

    def _event(self, event: Any) -> bytes:
        if event.__class__ is SpanEvent:
            kind = event.event
            known = self._events.get(kind)
            if known is None:
                name = text(b"\x12", kind._plan.name)
                known = self._events[kind] = (EventFields(kind, SPAN_EVENT), name)
            return (
                at(1, event.timestamp) + known[1] + known[0].encode(event.values, self._pseudonyms)
            )
        made = at(1, event.timestamp) + text(b"\x12", scrub(event.name))
        made += attributes(SPAN_EVENT, clean(event.attributes or {}))
        if event.dropped_attributes:
            made += b"\x20" + varint(event.dropped_attributes)
        return made

    @staticmethod
    def _link(link: Any) -> bytes:
        context = link.context
        made = b"\x0a\x10" + trace_id(context.trace_id) + b"\x12\x08" + span_id(context.span_id)
        made += _trace_state(context)
        made += attributes(b"\x22", clean(link.attributes or {}))
        if link.dropped_attributes:
            made += b"\x28" + varint(link.dropped_attributes)
        return made + b"\x35" + fixed32(_flags(context))

    @staticmethod
    def _status(status: Any) -> bytes:
        body = text(b"\x12", scrub(status.description)) if status.description else b""
        if status.status_code.value:
            body += b"\x18" + varint(status.status_code.value)
        return block(b"\x7a", body)


def _end(start: Any, end: Any) -> Any:
    """Return a span's end; a clock that was set back meanwhile makes it no earlier than its start.

    Durations are unsigned where they are read: one below 0 would be centuries.
    """
    return max(start, end) if type(start) is int and type(end) is int else end or 0


def _scope(said: Any) -> bytes:
    """Return a span's scope, with its schema beside it in the ScopeSpans."""
    if said is None:
        return scope("")
    made = scope(scrub(said.name), said.version, clean(said.attributes or {}))
    return made + text(b"\x1a", said.schema_url) if said.schema_url else made


def _trace_state(context: Any) -> bytes:
    """Return OpenTelemetry's own entry of a trace state, its sampling; the others are anybody's.

    Whoever sends a request writes them, and nobody can know what stands there.
    """
    own = context.trace_state.get("ot") if context.trace_state else None
    return text(b"\x1a", f"ot={own}") if own and _SAMPLING.fullmatch(own) else b""


def _flags(context: Any) -> int:
    """Return Span.flags: bit 8 says that bit 9 (the parent is remote) is known."""
    return 0x100 | (0x200 if context is not None and context.is_remote else 0)
