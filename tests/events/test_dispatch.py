"""The hook: nothing before `configure`, one sink after it."""

from typing import Any, Literal

import pytest

from labotel.events import dispatch
from labotel.events.errors import EventError
from labotel.events.event import Event


class Said(Event, name="t.dispatch.said"):
    """An event."""

    kind: Literal["a", "b"]


ANY: Any = Said


@pytest.mark.parametrize("thing", [Said(kind="a"), ANY(nobody=1), ANY("x"), None, "text"])
def test_saying_anything_before_configure_does_nothing(thing: Any) -> None:
    """Not even a wrong event raises."""
    assert dispatch.sink is None
    dispatch.emit(thing)


def test_an_event_goes_to_the_connected_sink(recorder: Any) -> None:
    """The one that was said, in the order in which they were said."""
    events = [Said(kind="a"), Said(kind="b")]
    for event in events:
        dispatch.emit(event)
    assert recorder.events == events


def test_a_disconnected_sink_gets_nothing(recorder: Any) -> None:
    """After `shutdown` saying something changes nothing."""
    dispatch.connect(None)
    dispatch.emit(Said(kind="a"))
    assert recorder.events == [] and dispatch.sink is None


def test_under_strict_a_wrong_event_raises(strict_recorder: Any) -> None:
    """And a right one does not."""
    dispatch.emit(Said(kind="a"))
    with pytest.raises(EventError, match=r"t\.dispatch\.said.*'a', 'b'"):
        dispatch.emit(ANY(kind="c"))
    assert strict_recorder.events == [Said(kind="a")]
    assert issubclass(EventError, ValueError)


def test_without_strict_a_wrong_event_does_not_raise(recorder: Any) -> None:
    """The sink judges it."""
    dispatch.emit(ANY(kind="c"))
    assert len(recorder.events) == 1
