"""OTLP in protobuf's wire format, written directly: the parts that all three signals share.

Field numbers are those of opentelemetry-proto 1.x; the tests decode every message with the
generated classes and compare it with what OpenTelemetry's own encoder makes of the same data.
"""

import struct
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from labotel.events.texts import text_of
from labotel.policy.still import DEPTH

_SMALL: Final = [bytes((n,)) for n in range(128)] + [
    bytes((n & 127 | 128, n >> 7)) for n in range(128, 2048)
]
"""The varints of most lengths; longer ones are made."""
fixed64: Final = struct.Struct("<Q").pack
fixed32: Final = struct.Struct("<I").pack
double: Final = struct.Struct("<d").pack
_tagged64: Final = struct.Struct("<BQ").pack


def varint(n: int) -> bytes:
    """Return a non-negative int (below 2**64) as a base-128 varint."""
    if n < 2048:
        return _SMALL[n]
    out = bytearray()
    while n > 127:
        out.append(n & 127 | 128)
        n >>= 7
    out.append(n)
    return bytes(out)


def block(tag: bytes, body: bytes) -> bytes:
    """Return a length-delimited field: `tag` is the encoded key."""
    return tag + varint(len(body)) + body


def text(tag: bytes, value: str) -> bytes:
    """Return a string field; what is not Unicode (a lone surrogate) becomes ``?``."""
    try:
        body = str.encode(value)
    except UnicodeEncodeError:
        body = str.encode(value, "utf-8", "replace")
    return tag + varint(len(body)) + body


def at(field: int, time: Any) -> bytes:
    """Return a fixed64 field, as times in ns are (a time before 1970, or that is none, is 0)."""
    try:
        return _tagged64(field << 3 | 1, max(0, time))
    except Exception:  # a span's times are the application's to give
        whole = int(time) if type(time) is float and 0 < time < 1 << 64 else 0
        return _tagged64(field << 3 | 1, whole)


def any_value(value: Any, depth: int = 0) -> bytes:
    """Return the body of an AnyValue; what OTLP has no kind for becomes its text."""
    kind = type(value)
    if kind is str:
        return text(b"\x0a", value)
    if kind is bool:
        return b"\x10\x01" if value else b"\x10\x00"
    if kind is int:
        if -(1 << 63) <= value < 1 << 63:
            return b"\x18" + varint(value & 0xFFFFFFFFFFFFFFFF)
        return text(b"\x0a", text_of(value))
    if kind is float:
        return b"\x21" + double(value)
    if value is None:
        return b""
    if isinstance(value, bytes):
        return block(b"\x3a", value)
    if isinstance(value, str):  # as it is: `str()` of an enum's member may be its name
        return text(b"\x0a", value)
    if isinstance(value, int):
        return any_value(int.__int__(value))
    if isinstance(value, float):
        return any_value(float.__float__(value))
    if depth < DEPTH and isinstance(value, Mapping):
        return block(b"\x32", attributes(b"\x0a", value, depth + 1))
    if depth < DEPTH and isinstance(value, Sequence):
        items = (block(b"\x0a", any_value(item, depth + 1)) for item in value)
        return block(b"\x2a", b"".join(items))
    return text(b"\x0a", text_of(value))


def key_value(key: str, value: Any, depth: int = 0) -> bytes:
    """Return the body of a KeyValue."""
    return text(b"\x0a", key) + block(b"\x12", any_value(value, depth))


def attributes(tag: bytes, mapping: Mapping[str, Any], depth: int = 0) -> bytes:
    """Return the fields of an attribute list; `tag` is the key of the list in its message."""
    return b"".join(
        [
            block(tag, key_value(key if type(key) is str else text_of(key), value, depth))
            for key, value in mapping.items()
        ]
    )


def resource(mapping: Mapping[str, Any]) -> bytes:
    """Return field 1 (resource) of a ResourceSpans, ResourceLogs or ResourceMetrics."""
    return block(b"\x0a", attributes(b"\x0a", mapping))


def instance(attributes: Mapping[str, Any], identity: str) -> bytes:
    """Return the resource of one instance of a service."""
    return resource({**attributes, "service.instance.id": identity})


def scope(name: str, version: str | None = None, fields: Mapping[str, Any] | None = None) -> bytes:
    """Return field 1 (scope) of a ScopeSpans, ScopeLogs or ScopeMetrics."""
    body = text(b"\x0a", name) if name else b""
    if version:
        body += text(b"\x12", version)
    return block(b"\x0a", body + attributes(b"\x1a", fields or {}))


def request(resource_field: bytes, scopes: Iterable[tuple[bytes, Iterable[bytes]]]) -> bytes:
    """Return one Resource… of an export request: `scopes` pairs a scope with its messages.

    The same in all three signals: the resource is field 1, a scope list field 2, the messages of
    a scope field 2. Concatenated, several of these are one request.
    """
    parts = [resource_field]
    for scope_field, messages in scopes:
        parts.append(block(b"\x12", scope_field + b"".join([block(b"\x12", m) for m in messages])))
    return block(b"\x0a", b"".join(parts))


def trace_id(value: int) -> bytes:
    """Return a trace id's 16 bytes."""
    return value.to_bytes(16, "big")


def span_id(value: int) -> bytes:
    """Return a span id's 8 bytes."""
    return value.to_bytes(8, "big")
