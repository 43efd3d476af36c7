"""The fields of an event in OTLP bytes: what is the same in every record is encoded once."""

from datetime import timedelta
from typing import Any, Final

from labotel.events.event import Event, Plan, Values
from labotel.events.fields import Field
from labotel.export.wire import any_value, attributes, block, double, text, varint
from labotel.policy.pseudonyms import Pseudonyms
from labotel.signals.records import plain, said, shown

LOG: Final = b"\x32"
"""The key of a LogRecord's attributes."""
SPAN_EVENT: Final = b"\x1a"
"""The key of a Span.Event's attributes."""
_CACHE: Final = 4096
_LONG: Final = 2048
"""Label lists of more bytes are not kept: memory is bounded by their number."""
_KEYS: Final = (str, int)
"""The classes whose values are keys of their own (1.0 and True are equal to 1)."""
_SHORT: Final = 128
"""Values shorter than this have a length of one byte, so what stands before them is constant."""


class EventFields:
    """Encodes the fields of one event class as an attribute list with the given key."""

    def __init__(self, event: type[Event], tag: bytes) -> None:
        fields = event._plan.fields
        self._tag = tag
        self._labels = [(i, f) for i, f in enumerate(fields) if f.place == "label"]
        self._people: list[tuple[int, Field, dict[Any, bytes]]] = [
            (i, f, {}) for i, f in enumerate(fields) if f.place == "personal"
        ]
        self._others: list[tuple[int, Field, list[bytes]]] = [
            (i, f, _heads(f.name, tag))
            for i, f in enumerate(fields)
            if f.place not in ("label", "personal")
        ]
        self._known: dict[Values, bytes] = {}

    def encode(self, values: Values, pseudonyms: Pseudonyms) -> bytes:
        """Return the attribute list of an event's values."""
        key = tuple([values[i] for i, _ in self._labels])
        known = self._known.get(key)
        if known is None:
            known = self._encode_labels(key)
        parts = [known]
        for i, field, people in self._people:
            value = values[i]
            if value is None:
                continue
            known = people.get(value) if type(value) in _KEYS else None
            parts.append(known or self._person(people, field, value, pseudonyms))
        for i, field, heads in self._others:
            value = values[i]
            if value is None:
                continue
            body = _body(field, value)
            size = len(body)
            if size < _SHORT:
                parts.append(heads[size] + body)
            else:
                inner = text(b"\x0a", field.name) + block(b"\x12", body)
                parts.append(self._tag + varint(len(inner)) + inner)
        return b"".join(parts)

    def _person(
        self, people: dict[Any, bytes], field: Field, value: Any, pseudonyms: Pseudonyms
    ) -> bytes:
        made = attributes(self._tag, pseudonyms.fields(field.name, plain(value)))
        if type(value) is int or (type(value) is str and len(value) <= _SHORT):
            if len(people) >= _CACHE:
                people.clear()
            people[value] = made
        return made

    def _encode_labels(self, key: Values) -> bytes:
        made = b""
        for (_, field), value in zip(self._labels, key, strict=True):
            inner = text(b"\x0a", field.name) + block(b"\x12", any_value(shown(field, value)))
            made += block(self._tag, inner)
        if len(self._known) >= _CACHE:
            self._known.clear()
        if len(made) <= _LONG:
            self._known[key] = made
        return made


def _heads(name: str, tag: bytes) -> list[bytes]:
    """Return what stands before a value of each short length: all but the value is constant."""
    key = text(b"\x0a", name) + b"\x12"
    return [tag + varint(len(key) + 1 + n) + key + varint(n) for n in range(_SHORT)]


def _body(field: Field, value: Any) -> bytes:
    """Return a value's AnyValue; the two commonest kinds need no second look."""
    kind = value.__class__
    if kind is timedelta:
        return b"\x21" + double(value.total_seconds())
    return any_value(value if kind is int else shown(field, value))


def body_of(plan: Plan, values: Values) -> str:
    """Return the record's text: the template with its places filled, as the fields show them."""
    fields = zip(plan.fields, values, strict=True)
    return plan.body.format_map({f.name: said(f, v) for f, v in fields if f.place != "personal"})
