"""`timed`: a piece of work's duration, outcome and error, as one event at its end."""

import asyncio
from datetime import timedelta
from decimal import Decimal
from typing import Annotated, Any, Literal

import pytest

from labotel.events import clock as clocks
from labotel.events import dispatch
from labotel.events.errors import EventError
from labotel.events.event import Event
from labotel.events.instruments import Histogram
from labotel.events.judge import complaint, objection
from labotel.events.marks import MEASURED, Limited, Outcome, Unbounded
from labotel.events.timed import timed

Size = Literal["small", "large"]


class Rendered(Event, name="t.timed.rendered"):
    """With everything that `timed` fills in."""

    size: Size
    duration: Annotated[timedelta, Histogram("t_timed_seconds", by=())] = MEASURED
    outcome: Outcome = MEASURED
    error_type: Annotated[str, Limited(5)] | None = MEASURED
    pages: Annotated[int, Histogram("t_timed_pages", by=(), buckets=(1,))] = MEASURED


class Done(Event, name="t.timed.done"):
    """Without an outcome."""

    note: Unbounded[str] = "x"
    duration: Unbounded[float] = MEASURED


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """A clock that stands still until a test sets it (ns)."""
    now = [5_000_000_000]
    monkeypatch.setattr(clocks, "ticks", lambda: now[0])
    return now


def test_a_block_is_one_event_with_its_duration_and_outcome(
    recorder: Any, clock: list[int]
) -> None:
    """The work has a span with the event's name, and `set` fills in the rest."""
    with timed(Rendered, size="large") as t:
        clock[0] += 1_500_000_000
        t.set(pages=3)
    assert recorder.events == [
        Rendered(
            size="large",
            duration=timedelta(seconds=1.5),
            outcome=Outcome.SUCCESS,
            error_type=None,
            pages=3,
        )
    ]
    assert [(w.name, w.ended, w.errors) for w in recorder.works] == [("t.timed.rendered", True, [])]


def test_the_event_is_said_within_its_own_span(recorder: Any) -> None:
    """So that it stands on the span, and the span in its record."""
    with timed(Done):
        pass
    assert recorder.within == [True] and recorder.works[0].ended


def test_failed_work_is_an_event_with_its_error_and_the_exception_goes_on(
    recorder: Any, clock: list[int]
) -> None:
    """What it did not get to measure is left out, and the event is right all the same."""

    @timed(Rendered, size="small")
    def fail() -> float:
        clock[0] += 250_000_000
        return 1 / 0

    with pytest.raises(ZeroDivisionError):
        fail()
    ((event, error),) = recorder.failed
    assert (event.outcome, event.error_type) == (Outcome.FAILURE, "ZeroDivisionError")
    assert (event.duration, event.pages) == (timedelta(seconds=0.25), None)
    assert complaint(event) is None and objection(event) is None
    assert recorder.works[0].errors == [error] and recorder.works[0].ended
    assert recorder.events == []


def test_an_event_without_an_outcome_is_said_of_success_alone(recorder: Any) -> None:
    """The error stands on the span."""
    with timed(Done):
        pass
    with pytest.raises(KeyError), timed(Done):
        raise KeyError
    assert len(recorder.events) == 1 and recorder.failed == []
    assert [len(work.errors) for work in recorder.works] == [0, 1]


@pytest.mark.parametrize("error", [KeyboardInterrupt, SystemExit, asyncio.CancelledError])
def test_an_interruption_is_a_failure_and_goes_on(recorder: Any, error: type) -> None:
    """It is no Exception, but the work did not end well."""
    with pytest.raises(error), timed(Rendered, size="small"):
        raise error
    assert recorder.failed[0][0].error_type == error.__name__


@pytest.mark.parametrize(("kind", "seconds"), [(float, 1.5), (int, 1), (Decimal, Decimal("1.5"))])
def test_the_duration_has_its_fields_type(
    recorder: Any, clock: list[int], kind: Any, seconds: Any
) -> None:
    """Seconds, where it is no timedelta."""

    class Took(Event, name="t.timed.took"):
        duration: Annotated[kind, Histogram("t_timed_took_seconds", by=())] = MEASURED

    with timed(Took):
        clock[0] += 1_500_000_000
    (event,) = recorder.events
    assert event.duration == seconds and type(event.duration) is kind


def test_a_duration_that_the_application_gives_is_kept(recorder: Any) -> None:
    """`duration` may be from a submission, long before the block."""
    with timed(Rendered, size="small", duration=timedelta(days=2)) as t:
        t.set(pages=1)
    assert recorder.events[0].duration == timedelta(days=2)


def test_an_error_type_that_cannot_be_none_is_the_text_none(strict_recorder: Any) -> None:
    """The natural declaration is a capped text; success is then the label value `none`."""

    class Typed(Event, name="t.timed.typed"):
        outcome: Outcome = MEASURED
        error_type: Annotated[str, Limited(5)] = MEASURED

    with timed(Typed):
        pass
    assert strict_recorder.events == [Typed(outcome=Outcome.SUCCESS, error_type="none")]


def test_one_timed_may_be_used_again(recorder: Any, clock: list[int]) -> None:
    """Each block has a duration of its own."""
    again = timed(Done)
    for seconds in (1, 2):
        with again:
            clock[0] += seconds * 1_000_000_000
    assert [event.duration for event in recorder.events] == [1.0, 2.0]


def test_a_function_is_timed_at_each_call(recorder: Any) -> None:
    """It keeps its name, its arguments and its result; calls may be nested."""

    @timed(Done, note="decorated")
    def depth(n: int) -> int:
        """Count down."""
        return n if n == 0 else depth(n - 1)

    assert (depth(2), depth.__name__, depth.__doc__) == (0, "depth", "Count down.")
    assert len(recorder.events) == len(recorder.works) == 3
    assert {event.note for event in recorder.events} == {"decorated"}


def test_a_function_that_fails_raises_its_own_exception(recorder: Any) -> None:
    """Unchanged."""
    error = ValueError("x")

    @timed(Rendered, size="small")
    def fail() -> None:
        raise error

    with pytest.raises(ValueError, match="x") as caught:
        fail()
    assert caught.value is error and recorder.failed[0][1] is error


def test_a_coroutine_function_is_timed_until_it_ends(recorder: Any, clock: list[int]) -> None:
    """Not until its coroutine is made; and each of several at once by itself."""

    @timed(Done)
    async def work(seconds: int) -> int:
        await asyncio.sleep(0)
        clock[0] += seconds * 1_000_000_000
        return seconds

    async def both() -> list[int]:
        assert recorder.works == []
        return await asyncio.gather(work(1), work(1))

    assert asyncio.run(both()) == [1, 1]
    assert len(recorder.events) == 2
    assert asyncio.iscoroutinefunction(work)


def test_an_async_block_is_timed(recorder: Any) -> None:
    """Its exception goes on too."""

    async def run(fail: bool) -> None:
        async with timed(Rendered, size="small") as t:
            t.set(pages=1)
            if fail:
                raise ValueError("x")

    asyncio.run(run(fail=False))
    with pytest.raises(ValueError, match="x"):
        asyncio.run(run(fail=True))
    assert len(recorder.events) == len(recorder.failed) == 1


def test_before_configure_the_work_runs_and_nothing_is_said() -> None:
    """Also a decorated function, and one that fails."""
    assert dispatch.sink is None
    with timed(Rendered, size="small") as t:
        t.set(pages=1)

    @timed(Done)
    def double(n: int) -> int:
        return 2 * n

    assert double(4) == 8
    with pytest.raises(KeyError), timed(Done):
        raise KeyError


def test_a_sink_that_comes_or_goes_during_the_work_harms_nothing(recorder: Any) -> None:
    """`shutdown` in the middle of a block."""
    with timed(Done):
        dispatch.connect(None)
    with timed(Done):
        dispatch.connect(recorder)
    assert recorder.events == []


def test_under_strict_a_missing_field_raises_after_the_work(strict_recorder: Any) -> None:
    """But never in place of the work's own exception."""
    with pytest.raises(EventError, match="pages is missing"), timed(Rendered, size="small"):
        pass
    with pytest.raises(KeyError), timed(Rendered, size="small"):
        raise KeyError
    assert len(strict_recorder.works) == 2 and all(w.ended for w in strict_recorder.works)


@pytest.mark.parametrize("wrong", [Event, int, "t.timed.done", None, Done()])
def test_timed_takes_a_concrete_event_class(wrong: Any) -> None:
    """The message says so."""
    with pytest.raises(TypeError, match="give a concrete Event class"):
        timed(wrong)
