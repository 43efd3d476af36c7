"""The fields of an event in OTLP bytes: what is the same in every record is encoded once."""

from typing import Any, Final

from labotel.events.event import Event, Plan, Values
from labotel.events.fields import Field
from labotel.export.wire import any_value, block, text, varint
from labotel.policy.pseudonyms import Pseudonyms
from labotel.signals.records import plain, shown

LOG: Final = b"\x32"
"""The key of a LogRecord's attributes."""
SPAN_EVENT: Final = b"\x1a"
"""The key of a Span.Event's attributes."""
_CACHE: Final = 4096


class EventFields:
    """Encodes the fields of one event class as an attribute list with the given key."""

    def __init__(self, event: type[Event], tag: bytes) -> None:
        fields = event._plan.fields
        self._tag = tag
        self._labels = [(i, f) for i, f in enumerate(fields) if f.place == "label"]
        self._others = [
            (i, f, text(b"\x0a", f.name) + b"\x12")
            for i, f in enumerate(fields)
            if f.place != "label"
        ]
        self._known: dict[Values, bytes] = {}

    def encode(self, values: Values, pseudonyms: Pseudonyms) -> bytes:
        """Return the attribute list of an event's values."""
        key = tuple([values[i] for i, _ in self._labels])
        known = self._known.get(key)
        if known is None:
            known = self._encode_labels(key, pseudonyms)
        parts = [known]
        tag = self._tag
        for i, field, prefix in self._others:
            value = _plain(field, values[i], pseudonyms)
            if value is not None:
                body = any_value(value)
                size = len(body)
                inner = prefix + varint(size) + body
                parts.append(tag + varint(len(inner)) + inner)
        return b"".join(parts)

    def _encode_labels(self, key: Values, pseudonyms: Pseudonyms) -> bytes:
        made = b""
        for (_, field), value in zip(self._labels, key, strict=True):
            inner = text(b"\x0a", field.name) + block(
                b"\x12", any_value(shown(field, value, pseudonyms))
            )
            made += block(self._tag, inner)
        if len(self._known) >= _CACHE:
            self._known.clear()
        self._known[key] = made
        return made


def _plain(field: Field, value: Any, pseudonyms: Pseudonyms) -> Any:
    if value is None:
        return None
    if field.place == "unbounded":
        return plain(value)
    return shown(field, value, pseudonyms)


def body_of(plan: Plan, values: Values) -> str:
    """Return the record's text: the template with its places filled."""
    fields = zip(plan.index, values, strict=True)
    return plan.body.format_map({name: plain(value) for name, value in fields})
