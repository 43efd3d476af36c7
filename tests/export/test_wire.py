"""The shared parts of the wire format, against what OpenTelemetry's own encoder makes of them."""

import enum
from http import HTTPStatus
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from opentelemetry._logs import LogRecord
from opentelemetry.exporter.otlp.proto.common._log_encoder import encode_logs
from opentelemetry.proto.common.v1.common_pb2 import AnyValue, InstrumentationScope
from opentelemetry.proto.resource.v1.resource_pb2 import Resource as PbResource
from opentelemetry.proto.trace.v1.trace_pb2 import ResourceSpans, Span
from opentelemetry.sdk._logs import ReadableLogRecord
from opentelemetry.sdk.resources import Resource

from labotel.export import wire

LOWEST, HIGHEST = -(2**63), 2**63 - 1

ANY_TEXT = st.text(st.one_of(st.characters(), st.characters(categories=["Cs"])))
TEXTS = st.text(st.characters(exclude_categories=["Cs"]))
SCALARS = st.one_of(
    st.none(), st.booleans(), st.integers(LOWEST, HIGHEST), st.floats(), TEXTS, st.binary()
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.one_of(
        st.lists(inner, max_size=4),
        st.lists(inner, max_size=4).map(tuple),
        st.dictionaries(TEXTS, inner, max_size=4),
    ),
    max_leaves=8,
)


def depth(value: Any) -> int:
    """Return how many lists and mappings a value's innermost part is in."""
    if isinstance(value, dict):
        return 1 + max(map(depth, value.values()), default=0)
    if isinstance(value, (list, tuple)):
        return 1 + max(map(depth, value), default=0)
    return 0


def ours(value: Any) -> AnyValue:
    """Return what labotel makes of a value."""
    return AnyValue.FromString(wire.any_value(value))


def theirs(value: Any) -> AnyValue:
    """Return what OpenTelemetry's own encoder makes of a value: it stands as a record's body."""
    record = ReadableLogRecord(LogRecord(body=value), Resource({}))
    return encode_logs([record]).resource_logs[0].scope_logs[0].log_records[0].body


def same(one: Any, other: Any) -> bool:
    """Compare messages by their bytes, as NaN equals nothing."""
    return bool(
        one.SerializeToString(deterministic=True) == other.SerializeToString(deterministic=True)
    )


@given(VALUES.filter(lambda value: depth(value) <= wire.DEPTH))
def test_every_value_is_what_the_encoder_of_opentelemetry_makes_of_it(value: Any) -> None:
    """Texts, booleans, ints, floats (NaN too), bytes, None, lists and mappings, nested."""
    assert same(ours(value), theirs(value))


@pytest.mark.parametrize("value", [LOWEST, -1, 0, 1, 127, 128, 2**32, HIGHEST])
def test_the_edges_of_integers(value: int) -> None:
    """An int of 64 bits is an int, negative ones too."""
    assert ours(value).int_value == value


@pytest.mark.parametrize("value", [LOWEST - 1, HIGHEST + 1, 10**40])
def test_an_integer_past_64_bits_is_its_text(value: int) -> None:
    """OTLP has no number for it, so it arrives as its digits."""
    assert ours(value).string_value == str(value)


class Colour(str, enum.Enum):  # noqa: UP042  # whose str() is its name
    """A text that is more than a text."""

    RED = "red"


class Temperature(float):
    """A float that is more than a float, as numpy's are."""


@pytest.mark.parametrize(
    "value", [HTTPStatus.NOT_FOUND, Colour.RED, Temperature(36.6)], ids=["int", "str", "float"]
)
def test_subclasses_of_scalars_keep_their_kind(value: Any) -> None:
    """HTTPStatus is a number, an enum of texts its text: as OpenTelemetry has them."""
    assert same(ours(value), theirs(value))


def test_what_has_no_kind_is_its_text() -> None:
    """OpenTelemetry's encoder drops the attribute; its text says more."""
    assert ours({1}).string_value == "{1}"
    assert ours(1 + 2j).string_value == "(1+2j)"


def test_what_lies_too_deep_is_text() -> None:
    """A list that holds itself ends."""
    endless: list[Any] = []
    endless.append(endless)
    value = ours(endless)
    for _ in range(wire.DEPTH):
        assert value.WhichOneof("value") == "array_value"
        value = value.array_value.values[0]
    assert value.string_value.startswith("[[[") and "…" in value.string_value


@given(ANY_TEXT)
def test_a_text_never_raises(value: str) -> None:
    """Lone surrogates are no Unicode; everything around them arrives."""
    shown = ours(value).string_value
    assert len(shown) == len(value)
    for said, kept in zip(value, shown, strict=True):
        assert kept == ("?" if "\ud800" <= said <= "\udfff" else said)


@given(st.dictionaries(ANY_TEXT, SCALARS, max_size=5))
def test_attributes_never_raise(mapping: dict[str, Any]) -> None:
    """Each attribute arrives in its place, whatever its key and value."""
    pairs = PbResource.FromString(wire.attributes(b"\x0a", mapping)).attributes
    assert len(pairs) == len(mapping)
    for pair, (key, value) in zip(pairs, mapping.items(), strict=True):
        assert pair.key == key.encode("utf-8", "replace").decode()
        if not isinstance(value, str):
            assert same(pair.value, theirs(value))


def test_keys_that_are_no_text_become_one() -> None:
    """As OpenTelemetry's own encoder does with the keys of a mapping."""
    assert same(ours({1: "one", None: 2}), theirs({1: "one", None: 2}))


@given(st.integers(0, 2**64 - 1))
def test_a_varint_is_read_back(n: int) -> None:
    """Any number below 2**64, as protobuf has it: field 8 is enough to read it."""
    flags = Span.Link.FromString(b"\x28" + wire.varint(n & 0xFFFFFFFF))
    assert flags.dropped_attributes_count == n & 0xFFFFFFFF
    signed = n - 2**64 if n >= 2**63 else n
    assert AnyValue.FromString(b"\x18" + wire.varint(n)).int_value == signed


def test_a_time_before_1970_is_0() -> None:
    """OTLP's times are unsigned."""
    assert Span.FromString(wire.at(7, -5)).start_time_unix_nano == 0
    assert Span.FromString(wire.at(7, 2**63)).start_time_unix_nano == 2**63


def test_a_scope_is_its_name_version_and_attributes() -> None:
    """What is not known is left out, as OpenTelemetry does."""
    full = ResourceSpans.FromString(
        wire.block(b"\x12", wire.scope("app", "1.2", {"team": "lab", "n": 3}))
    )
    expected = InstrumentationScope(name="app", version="1.2")
    expected.attributes.add(key="team").value.string_value = "lab"
    expected.attributes.add(key="n").value.int_value = 3
    assert full.scope_spans[0].scope == expected
    bare = ResourceSpans.FromString(wire.block(b"\x12", wire.scope("app")))
    assert bare.scope_spans[0].scope == InstrumentationScope(name="app")
