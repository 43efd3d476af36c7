"""What a pipeline takes from others: its clock; and what it gives away: log lines."""

from typing import Any, Literal

import pytest

from labotel.events.event import Event
from labotel.policy.pseudonyms import Pseudonyms
from labotel.signals.pipeline import Pipeline
from labotel.signals.records import Line
from labotel.signals.spans import PseudonymSource


class Said(Event, name="t.lent.said"):
    """An event."""

    kind: Literal["a"] = "a"


def test_the_time_of_events_is_by_the_clock_it_was_made_with() -> None:
    """Of failed work too."""
    made = Pipeline(PseudonymSource(lambda: Pseudonyms(b"k")), now=lambda: 42)
    made.emit(Said())
    made.emit_strict(Said())
    made.emit_failed(Said(), ValueError("x"))
    made.drain()
    assert [moment for _, _, moment, *_ in made.logs] == [42, 42, 42]


def test_log_lines_may_be_passed_on_and_come_here_again(pipeline: Pipeline) -> None:
    """Whoever holds the pipeline need not know."""
    taken: list[Any] = []
    line = Line("app", 20, "hello", 1, None, None, {})
    pipeline.pass_lines(taken.append)
    pipeline.line(line)
    assert taken == [line] and not pipeline.logs
    for _ in range(2):
        pipeline.pass_lines(None)
    pipeline.line(line)
    assert taken == [line] and list(pipeline.logs) == [line]


@pytest.mark.parametrize("passed", [True, False])
def test_events_stay_here(pipeline: Pipeline, passed: bool) -> None:
    """They have a hook of their own."""
    pipeline.pass_lines((lambda line: None) if passed else None)
    pipeline.emit(Said())
    pipeline.drain()
    assert len(pipeline.logs) == 1
