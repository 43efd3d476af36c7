"""What a test gets to see."""

from datetime import UTC, datetime
from typing import Any

import pytest
from opentelemetry.trace import SpanContext, TraceFlags

from labotel.signals.records import Failure, Line
from labotel.testing.recorded import Logged, Recorded, event_of, logged, recorded
from project.clinic import Admitted, Species

SAID = Admitted(species=Species.CANINE, owner="ada", number=7)
CONTEXT = SpanContext(0xABC, 0xDE, is_remote=False, trace_flags=TraceFlags(1))
NS = 1_700_000_000_000_001_999


def test_an_event_comes_back_as_it_was_said() -> None:
    """Equal, and with its fields."""
    made = event_of((Admitted, SAID._values, NS, None, None, None))
    assert made == SAID and isinstance(made, Admitted) and made.owner == "ada"


def test_its_circumstances_are_in_the_words_of_a_test() -> None:
    """A time with a zone, to the microsecond; ids in hexadecimal; the error of failed work."""
    item = (Admitted, SAID._values, NS, CONTEXT, Failure("ValueError", "no", "a stack"), None)
    at = datetime(2023, 11, 14, 22, 13, 20, 1, tzinfo=UTC)
    assert recorded(item) == Recorded(SAID, at, f"{0xABC:032x}", f"{0xDE:016x}", "ValueError", "no")
    bare = recorded((Admitted, SAID._values, NS, None, None, None))
    assert (bare.trace_id, bare.span_id, bare.error_type, bare.error_message) == (None,) * 4


def test_a_line_has_what_was_given_by_extra_and_not_where_it_stands() -> None:
    """labotel adds file, line and function."""
    extra: dict[str, Any] = {"ward": "north", "code.line.number": 5}
    line = Line("app", 30, "hello", NS, CONTEXT, None, extra)
    made = logged(line)
    assert made.extra == {"ward": "north"} and (made.level, made.message) == (30, "hello")
    assert made.trace_id == f"{0xABC:032x}" and made.error_type is None


@pytest.mark.parametrize("made", [recorded((Admitted, SAID._values, NS, None, None, None)),
                                  Logged("a", 20, "b", datetime.now(UTC))])  # fmt: skip
def test_they_cannot_be_changed(made: Any) -> None:
    """A history is what was."""
    with pytest.raises(AttributeError):
        made.time = None


def test_a_person_is_not_shown_by_a_history_that_is_printed() -> None:
    """Only a failed question shows it."""
    assert "ada" not in repr(recorded((Admitted, SAID._values, NS, None, None, None)))
