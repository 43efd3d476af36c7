"""The console of whoever develops: a request's or a task's lines stand together below it."""

import time
from collections.abc import Callable, Iterator
from typing import Final

from labotel.output.lines import one_line, stack, told, words
from labotel.output.record import WORK, Record, duration

HOLD: Final = 2.0
"""So long, in s, the lines of a trace wait for its request or task to end."""
MOST: Final = 1000
"""So many lines wait at most."""
_DIM, _BOLD, _END = "\x1b[2m", "\x1b[1m", "\x1b[0m"
_COLOURS: Final = {"ERROR": "\x1b[31m", "FATAL": "\x1b[31m", "WARN": "\x1b[33m"}
_GREEN, _CYAN = "\x1b[32m", "\x1b[36m"
_WORK: Final = frozenset(WORK.values())


class Console:
    """Makes text of records; what belongs to a trace that goes on is held for a moment."""

    def __init__(self, ticks: Callable[[], float] = time.monotonic) -> None:
        self._ticks = ticks
        self._held: dict[str, tuple[float, list[Record]]] = {}

    def take(self, record: Record) -> Iterator[str]:
        """Give the lines that can be shown now."""
        if not record.trace_id:
            yield from _alone(record)
        elif record.type in _WORK:
            _, lines = self._held.pop(record.trace_id, (0.0, []))
            yield from _together(record, lines)
        else:
            _, lines = self._held.setdefault(record.trace_id, (self._ticks(), []))
            lines.append(record)
            if sum(len(held) for _, held in self._held.values()) > MOST:
                yield from self.rest(0.0)

    def rest(self, older: float = HOLD) -> Iterator[str]:
        """Give the lines that have waited for so many s."""
        now = self._ticks()
        for trace in [t for t, (since, _) in self._held.items() if now - since >= older]:
            _, lines = self._held.pop(trace)
            if len(lines) == 1:
                yield from _alone(lines[0])
            else:
                yield f"{_clock(lines[0])}  {_DIM}trace {trace[-8:]}{_END}"
                yield from _below(lines)


def _together(work: Record, lines: list[Record]) -> Iterator[str]:
    colour = _COLOURS.get(work.severity, _GREEN)
    fields = dict(work.fields)
    took = fields.pop("duration", None)
    if work.type == "request":
        for size in ("request_size", "response_size"):  # too much for a line
            fields.pop(size, None)
        head = (
            f"{_BOLD}{one_line(fields.pop('method', ''))}{_END} {one_line(fields.pop('endpoint'))}"
        )
    else:
        head = f"{_BOLD}{one_line(fields.pop('task_name', work.event))}{_END}"
    ended = fields.pop("status", "") or fields.pop("status_code", "")
    status = f"{colour}{one_line(ended)}{_END}"
    within = "" if took is None else f"  {duration(took)}"
    more = words(fields)
    yield (
        f"{_clock(work)}  {head}  {status}{within}{'  ' + more if more else ''}"
        f"  {_DIM}{work.trace_id[-8:]}{_END}"
    )
    yield from _below(lines)


def _below(lines: list[Record]) -> Iterator[str]:
    for record in sorted(lines, key=lambda record: record.time):
        yield f"              {_said(record)}"
        yield from _stack(record)


def _alone(record: Record) -> Iterator[str]:
    yield f"{_clock(record)}  {_said(record)}"
    yield from _stack(record)


def _said(record: Record) -> str:
    """Return who said it, and what."""
    if record.event:
        colour, mark, name = _CYAN, "event", record.event
    else:
        colour, mark, name = _DIM, record.severity.lower(), record.logger
    colour = _COLOURS.get(record.severity, colour)
    return f"{colour}{mark:5}{_END} {_DIM}{one_line(name)}{_END}  {told(record)}"


def _stack(record: Record) -> Iterator[str]:
    for line in stack(record):
        yield f"                {_DIM}{line}{_END}"


def _clock(record: Record) -> str:
    """Return the time of day here, with milliseconds."""
    seconds, rest = divmod(max(record.time, 0), 1_000_000_000)
    try:
        shown = time.strftime("%H:%M:%S", time.localtime(seconds))
    except (OverflowError, OSError, ValueError):  # a record that was made by hand
        shown, rest = "--:--:--", 0
    return f"{_DIM}{shown}.{rest // 1_000_000:03d}{_END}"
