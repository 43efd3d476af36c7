"""Holding a start back: a timer gives up waiting, in nobody's trace."""

import threading
from collections.abc import Iterator

import pytest
from opentelemetry import trace
from opentelemetry.trace import NonRecordingSpan, SpanContext

from labotel.export import hold
from labotel.export.hold import Hold
from labotel.instrumentation import threads


@pytest.fixture
def carrying() -> Iterator[None]:
    """Threads that take their starter's context along."""
    wrapping = threads.threads()
    wrapping.connect(threading)
    yield
    wrapping.disconnect()


def test_who_goes_on_is_not_in_the_trace_of_who_said_the_first_thing(
    carrying: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What starts then lives as long as the process."""
    monkeypatch.setattr(hold, "AT_MOST", 0.01)
    went_on, seen = threading.Event(), []

    def go_on() -> None:
        seen.append(trace.get_current_span() is trace.INVALID_SPAN)
        went_on.set()

    made = Hold(go_on)
    with trace.use_span(NonRecordingSpan(SpanContext(1, 2, False))):
        made.begin(lambda: False)
        assert made.holds()
    assert went_on.wait(20)
    assert seen == [True]
