"""The console of whoever develops: what belongs together stands together."""

import re

from labotel.output.console import HOLD, MOST, Console
from labotel.output.record import Record

TRACE, OTHER = "a" * 32, "b" * 32
REQUEST = {"method": "GET", "endpoint": "list/", "status": "200", "duration": 12.0}


class Times:
    """A clock that is set."""

    now = 0.0

    def __call__(self) -> float:
        """Return the present s."""
        return self.now


def plain(lines: list[str]) -> list[str]:
    """Return lines without colours, and without the time of day before them."""
    bare = [re.sub(r"\x1b\[\d+m", "", line) for line in lines]
    return [re.sub(r"^\d\d:\d\d:\d\d\.\d{3}", "<time>", line) for line in bare]


def said(message: str, trace: str = "", at: int = 0, **more: object) -> Record:
    """Return a log line."""
    given = {"time": at, "level": 20, "type": "log", "logger": "shop", "message": message}
    return Record(**(given | {"trace_id": trace} | more))  # type: ignore[arg-type]  # of many types


def served(trace: str) -> Record:
    """Return the end of a request."""
    return said("GET list/ 200", trace, type="request", event="http.server.request",
                fields=REQUEST)  # fmt: skip


def test_lines_of_a_request_stand_below_it() -> None:
    """In the order of their times; another request's wait for theirs."""
    console = Console()
    assert list(console.take(said("second", TRACE, at=2))) == []
    assert list(console.take(said("other", OTHER))) == []
    assert list(console.take(said("first", TRACE, at=1))) == []
    assert plain(list(console.take(served(TRACE)))) == [
        "<time>  GET list/  200  12 ms  aaaaaaaa",
        "              info  shop  first",
        "              info  shop  second",
    ]
    assert plain(list(console.take(served(OTHER))))[1:] == ["              info  shop  other"]


def test_a_line_of_no_trace_waits_for_nobody() -> None:
    """Alone on its line; a traceback below it."""
    fields = {"exception.type": "E", "exception.stacktrace": 'Traceback\n  File "x"\nE: no\n'}
    lines = plain(list(Console().take(said("bad", level=40, fields=fields))))
    assert lines == [
        "<time>  error shop  bad",
        "                Traceback", '                  File "x"', "                E: no",
    ]  # fmt: skip


def test_what_never_ends_is_shown_in_time() -> None:
    """A trace of a script has no request; its lines stand together all the same."""
    times = Times()
    console = Console(times)
    assert [list(console.take(said(text, TRACE))) for text in ("one", "two")] == [[], []]
    times.now = HOLD - 0.1
    assert list(console.rest()) == []
    times.now = HOLD
    lines = plain(list(console.rest()))
    assert lines[0] == "<time>  trace aaaaaaaa"
    assert [line.split()[-1] for line in lines[1:]] == ["one", "two"]
    assert list(console.rest(0.0)) == []


def test_so_many_wait_and_no_more() -> None:
    """Traces that never end cost no memory."""
    console = Console()
    shown = [line for n in range(MOST * 3) for line in console.take(said(str(n), f"{n:032x}"))]
    assert len(shown) >= MOST * 2
    assert len(shown) + len(list(console.rest(0.0))) == MOST * 3


def test_a_failure_is_seen_at_once() -> None:
    """A request that failed is red, as OpenTelemetry's level has it."""
    record = said("GET list/ 500", TRACE, type="request", level=40, event="http.server.request",
                  fields=REQUEST | {"status": "500"})  # fmt: skip
    assert "\x1b[31m500\x1b[0m" in next(iter(Console().take(record)))
