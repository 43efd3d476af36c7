"""What a record looks like as a line, by what the systems' specification asks of one."""

import json
import math

from labotel.output.lines import as_json, as_words, one_line
from labotel.output.record import Record, duration

# 2026-11-23T12:00:00.005Z, by `date -u -d @1795435200`.
AT = 1_795_435_200_005_000_000
ASKED = ("timestamp", "level", "logger", "message", "trace_id", "span_id")
"""What system S1 asks of each line."""


def record(**more: object) -> Record:
    """Return a record."""
    given = {"time": AT, "level": 30, "type": "log", "logger": "shop", "message": "sold out"}
    return Record(**(given | more))  # type: ignore[arg-type]  # of many types


def test_json_has_what_is_asked_for() -> None:
    """Also where a record is of no trace."""
    line = as_json(record(), "web")
    read = json.loads(line)
    assert "\n" not in line
    assert all(key in read for key in ASKED)
    assert (read["timestamp"], read["level"]) == ("2026-11-23T12:00:00.005Z", "WARN")
    assert (read["service"], read["trace_id"]) == ("web", "")


def test_no_field_takes_the_place_of_another() -> None:
    """Whatever it is called; what JSON has not is told by its name."""
    fields = {"level": "none", "timestamp": 1, "n": math.nan, "deep": {"x": (math.inf,)}, "ä": "ü"}
    line = as_json(record(fields=fields, message="a\nb\u2028c"), "web")
    read = json.loads(line, parse_constant=lambda name: 1 / 0)
    assert (read["level"], read["timestamp"]) == ("WARN", "2026-11-23T12:00:00.005Z")
    assert (read["n"], read["deep"], read["ä"]) == ("nan", {"x": ["inf"]}, "ü")
    assert read["message"] == "a\nb\u2028c"
    assert len(line.split("\n")) == 1


def test_words_are_one_line() -> None:
    """With no sign that moves a cursor, whoever wrote the text."""
    fields = {"who": "a b", "empty": "", "code.line.number": 5, "esc": "\x1b[2J"}
    said = as_words(record(message="one\ntwo\x1b[31m", fields=fields, trace_id="ab" * 16))
    assert said == (
        "2026-11-23T12:00:00.005Z WARN  shop one two·[31m "
        f'who="a b" empty="" esc=·[2J trace_id={"ab" * 16}'
    )
    assert len(one_line("x" * 5000)) == 2000


def test_a_time_that_is_none_is_shown() -> None:
    """A record that was made by hand may hold any number."""
    for moment in (-1, 10**30):
        assert json.loads(as_json(record(time=moment), "web"))["timestamp"].endswith("Z")


def test_durations_are_read_at_a_glance() -> None:
    """Three figures, and the unit that fits."""
    assert [duration(ms) for ms in (0.25, 12.345, 1500, 61_000)] == [
        "0.25 ms", "12.3 ms", "1.5 s", "0:01:01",
    ]  # fmt: skip
