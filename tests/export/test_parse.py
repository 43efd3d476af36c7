"""Reading a setting's value: what fits is read, what does not says what is allowed."""

import logging
from collections.abc import Callable
from ipaddress import ip_network
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labotel.export import parse

READERS: dict[str, Callable[[Any], Any]] = {
    "text": parse.text,
    "url": parse.url,
    "file": parse.file,
    "seconds": parse.seconds,
    "threshold": parse.threshold,
    "count": parse.count,
    "switch": parse.switch,
    "level": parse.level,
    "choice": parse.choice("one", "two"),
    "names": parse.names,
    "networks": parse.networks,
    "some": parse.some("one", "two"),
    "pairs": parse.pairs,
}


@pytest.mark.parametrize(
    ("reader", "raw", "value"),
    [
        ("text", " lab ", "lab"),
        ("url", "http://collector:4318", "http://collector:4318"),
        ("url", "https://[::1]:4318/otlp", "https://[::1]:4318/otlp"),
        ("seconds", "2.5", 2.5),
        ("seconds", 3, 3.0),
        ("threshold", "0.25", 0.25),
        ("threshold", 2, 2.0),
        ("threshold", "0", 0.0),
        ("threshold", 0, 0.0),
        ("count", "512", 512),
        ("count", 1, 1),
        ("switch", " TRUE ", True),
        ("switch", "0", False),
        ("switch", "off", False),
        ("switch", True, True),
        ("level", "warning", logging.WARNING),
        ("level", "15", 15),
        ("level", 0, 0),
        ("choice", " TWO ", "two"),
        ("names", "django, celery,", ("django", "celery")),
        ("names", ["django"], ("django",)),
        ("names", "", ()),
        ("networks", "10.0.0.0/8, ::1", (ip_network("10.0.0.0/8"), ip_network("::1/128"))),
        ("networks", "", ()),
        ("some", "Two, one", ("two", "one")),
        ("some", ["one"], ("one",)),
        ("some", "", ()),
        ("pairs", {"a": 1}, {"a": "1"}),
        ("pairs", "a=1,b=x=y, c = z ,", {"a": "1", "b": "x=y", "c": "z"}),
    ],
)
def test_what_fits_is_read(reader: str, raw: Any, value: Any) -> None:
    """From a variable's text and from Python's own values."""
    read = READERS[reader](raw)
    assert read == value
    assert type(read) is type(value)


@pytest.mark.parametrize(
    ("reader", "raw"),
    [
        ("text", ""),
        ("text", "  "),
        ("text", 7),
        ("url", "collector:4318"),
        ("url", "grpc://collector:4317"),
        ("url", "http://"),
        ("url", "http://collector:99999"),
        ("url", "http://collector:port"),
        ("url", None),
        ("file", "/no/such/file"),
        ("file", "/tmp"),
        ("seconds", "soon"),
        ("seconds", 0),
        ("seconds", "-1"),
        ("seconds", "nan"),
        ("seconds", "inf"),
        ("seconds", True),
        ("seconds", None),
        ("threshold", "never"),
        ("threshold", "-0.5"),
        ("threshold", False),
        ("threshold", "nan"),
        ("threshold", None),
        ("threshold", 10**400),
        ("count", "1.5"),
        ("count", 1.0),
        ("count", 0),
        ("count", True),
        ("switch", "maybe"),
        ("switch", 2),
        ("level", "LOUD"),
        ("level", 101),
        ("level", -1),
        ("level", "²"),
        ("level", True),
        ("choice", "three"),
        ("names", 7),
        ("names", ["django", 7]),
        ("some", "one,three"),
        ("some", 7),
        ("some", [7]),
        ("networks", "10.0.0.1/8"),
        ("networks", "localhost"),
        ("networks", 7),
        ("pairs", "a=1,b"),
        ("pairs", "=1"),
        ("pairs", 7),
    ],
)
def test_what_does_not_fit_says_what_is_allowed(reader: str, raw: Any) -> None:
    """Every reader raises ValueError, and its text is for the person who set the value."""
    with pytest.raises(ValueError, match=r"^allowed: "):
        READERS[reader](raw)


@pytest.mark.parametrize("reader", sorted(READERS))
@given(
    raw=st.one_of(
        st.none(),
        st.booleans(),
        st.integers(),
        st.just(10**400),
        st.floats(),
        st.text(),
        st.binary(),
    )
)
def test_no_reader_raises_anything_else(reader: str, raw: Any) -> None:
    """Whatever stands in a variable or a settings file."""
    try:
        READERS[reader](raw)
    except ValueError as error:
        assert str(error).startswith("allowed: ")  # noqa: PT017  # it need not raise


def test_a_file_that_can_be_read(tmp_path: Path) -> None:
    """Its path is kept as it was given."""
    path = tmp_path / "ca.pem"
    path.write_text("x")
    assert parse.file(str(path)) == str(path)


def test_pairs_are_percent_decoded() -> None:
    """As the OTLP specification has it: W3C baggage's form, so a comma or a space is encoded."""
    assert parse.pairs("authorization=Bearer%20a%3Db,x%2Dtenant=lab%2Cvet") == {
        "authorization": "Bearer a=b",
        "x-tenant": "lab,vet",
    }
