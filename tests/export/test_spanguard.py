"""Spans that take anything, and say what they could not take."""

from typing import Any

import pytest
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.trace import INVALID_SPAN, StatusCode

from labotel.export.spanguard import guarded


class Mute(Exception):
    """An exception without a text."""

    def __str__(self) -> str:
        raise RuntimeError


@pytest.fixture
def faults() -> list[str]:
    """Where faults were counted."""
    return []


@pytest.fixture
def span(faults: list[str]) -> Any:
    """A recording span of the SDK's."""
    made = TracerProvider(shutdown_on_exit=False).get_tracer("t").start_span("work")
    return guarded(made, lambda where, error: faults.append(where))


def test_what_the_sdk_raises_for_is_counted(span: Any, faults: list[str]) -> None:
    """The rest is on the span; a list that holds itself has no end for the SDK."""
    endless: list[Any] = []
    endless.append(endless)
    span.set_attribute("bad", endless)
    span.set_attribute("good", 1)
    span.add_event("said", {"bad": endless})
    span.record_exception(Mute())
    span.end()
    assert faults == ["span"] * 3
    assert isinstance(span, ReadableSpan)
    assert dict(span.attributes or {}) == {"good": 1}


def test_an_exception_goes_on_as_it_is(span: Any, faults: list[str]) -> None:
    """The one that ended the block, not the one that its text raised; the span has ended."""
    with pytest.raises(Mute), span:
        raise Mute
    assert faults and span.end_time is not None


def test_what_fits_is_as_ever(span: Any, faults: list[str]) -> None:
    """Nothing is counted, and nothing is changed."""
    span.set_attributes({"a": 1})
    span.update_name("other")
    span.set_status(StatusCode.ERROR, "why")
    span.end()
    assert (span.name, span.status.description, faults) == ("other", "why", [])


def test_a_span_is_guarded_once_and_only_where_it_records(span: Any) -> None:
    """A span that records nothing takes anything already."""
    assert type(guarded(span, print)) is type(span)
    assert guarded(INVALID_SPAN, print) is INVALID_SPAN
