"""Log records in OTLP bytes: events, and lines of the standard logging."""

import time
from collections.abc import Iterable
from typing import Any, Final

from labotel.events.event import Event
from labotel.export.wire import (
    any_value,
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
from labotel.export.wire_events import LOG, EventFields, body_of
from labotel.policy.attributes import clean, scrubbed
from labotel.policy.pseudonyms import Pseudonyms
from labotel.policy.scrubbing import scrub
from labotel.signals import severities
from labotel.signals.carried import Who, fields_of
from labotel.signals.records import Failure, Foreign, Line, failure_fields

LOGGERS: Final = 4096
"""Names of loggers that are kept as they leave."""


def _context(context: Any) -> bytes:
    """Return flags, trace id and span id (fields 8 to 10) of a span context or None."""
    if context is None or not context.trace_id:
        return b""
    return (
        b"\x45" + fixed32(int(context.trace_flags))
        + b"\x4a\x10" + trace_id(context.trace_id)
        + b"\x52\x08" + span_id(context.span_id)
    )  # fmt: skip


def _severity(name: str) -> bytes:
    return b"\x10" + varint(severities.NUMBERS[name]) + text(b"\x1a", name)


def _failure(failure: Failure | None) -> bytes:
    return b"" if failure is None else attributes(LOG, failure_fields(failure))


def _actor(who: Who) -> bytes:
    return b"" if who is None else attributes(LOG, fields_of(who))


def _foreign(record: Foreign, now: bytes) -> bytes:
    body = scrubbed(record.body)
    trace, span, flags = record.trace
    parts = [at(1, record.time), now, b"\x10" + varint(record.severity)]
    if record.severity_text:
        parts.append(text(b"\x1a", scrub(record.severity_text)))
    if body is not None:
        parts.append(block(b"\x2a", any_value(body)))
    fields = clean(record.attributes)
    if record.event_name:
        fields["event.name"] = name = scrub(record.event_name)
        parts.append(text(b"\x62", name))
    parts.append(attributes(LOG, fields))
    if trace:
        parts.append(b"\x45" + fixed32(flags) + b"\x4a\x10" + trace_id(trace))
        parts.append(b"\x52\x08" + span_id(span))
    return b"".join(parts)


class LogEncoder:
    """Encodes the waiting records of one process; keeps what is constant for each event class."""

    def __init__(self, pseudonyms: Pseudonyms) -> None:
        self._pseudonyms = pseudonyms
        self._events: dict[type[Event], tuple[EventFields, bytes, bytes, str | None]] = {}
        self._loggers: dict[str, bytes] = {}

    def encode(self, resource_field: bytes, items: Iterable[Any]) -> bytes:
        """Return an ExportLogsServiceRequest; `items` are queue tuples and Lines."""
        now = at(11, time.time_ns())
        events: list[bytes] = []
        lines: dict[str, list[bytes]] = {}
        for item in items:
            if item.__class__ is Line:
                lines.setdefault(item.logger, []).append(self._line(item, now))
            elif item.__class__ is Foreign:
                lines.setdefault(item.logger, []).append(_foreign(item, now))
            else:
                events.append(self._event(item, now))
        scopes: list[tuple[bytes, list[bytes]]] = []
        if events:
            scopes.append((scope("labotel"), events))
        scopes += [(self._scope(name), made) for name, made in lines.items()]
        return request(resource_field, scopes)

    def _scope(self, name: str) -> bytes:
        made = self._loggers.get(name)
        if made is None:
            if len(self._loggers) >= LOGGERS:
                self._loggers.clear()
            made = self._loggers[name] = scope(scrub(name))
        return made

    def _constants(self, kind: type[Event]) -> tuple[EventFields, bytes, bytes, str | None]:
        plan = kind._plan
        named = attributes(LOG, {"event.name": plan.name}) + text(b"\x62", plan.name)
        usual = _severity(plan.severity) + named
        failed = _severity("ERROR") + named
        template = plan.body if "{" in plan.body else None
        if template is None:
            body = block(b"\x2a", any_value(plan.body))
            usual, failed = usual + body, failed + body
        made = self._events[kind] = (EventFields(kind, LOG), usual, failed, template)
        return made

    def _event(self, item: tuple[Any, ...], now: bytes) -> bytes:
        kind, values, moment, context, failure, who = item
        fields, usual, failed, template = self._events.get(kind) or self._constants(kind)
        parts = [
            at(1, moment),
            now,
            usual if failure is None else failed,
            fields.encode(values, self._pseudonyms),
            _failure(failure),
            _actor(who),
            _context(context),
        ]
        if template is not None:
            parts.append(block(b"\x2a", any_value(body_of(kind._plan, values))))
        return b"".join(parts)

    def _line(self, line: Line, now: bytes) -> bytes:
        return b"".join(
            (
                at(1, line.time),
                now,
                _severity(severities.of_level(line.level)),
                block(b"\x2a", any_value(scrub(line.message))),
                attributes(LOG, clean(line.extra)),
                _failure(line.failure),
                _actor(line.actor),
                _context(line.context),
            )
        )
