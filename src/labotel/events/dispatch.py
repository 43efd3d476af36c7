"""The hook between what an application says and what labotel makes of it.

This room owns the hook and does nothing; `configure` fills it. Until then, and after `shutdown`,
saying something costs next to nothing and changes nothing.
"""

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Protocol

from labotel.events.event import Event


class Work(Protocol):
    """A piece of work under way: the span that `timed` opened."""

    def fail(self, error: BaseException) -> None:
        """Mark the work as failed by `error`."""


class Faults(Protocol):
    """Counts what went wrong in labotel's own work."""

    def fault(self, where: str, error: BaseException) -> None:
        """Count a fault, and where it was."""


class Sink(Protocol):
    """What takes events in: the signals room implements it."""

    @property
    def tally(self) -> Faults:
        """Where faults are counted."""

    @property
    def emit(self) -> Callable[[Event], None]:
        """Take one event; never raises."""

    def emit_strict(self, event: Event) -> None:
        """Take one event; raise EventError where anything about it is wrong."""

    def emit_failed(self, event: Event, error: BaseException) -> None:
        """Take one event of work that failed by `error`."""

    def work(self, name: str) -> AbstractContextManager[Work]:
        """Open a span called `name` as the current one."""

    def tenant(self, name: object) -> AbstractContextManager[object]:
        """Let the present work be a tenant's, and again another's after the block."""


def _nothing(event: Event) -> None:
    """Take an event before `configure`: nothing happens."""


sink: Sink | None = None
raising: bool = False
"""Whether what is wrong raises."""
_emit: Callable[[Event], None] = _nothing


lost = 0
"""Events that found no room on the stack or in memory, ever."""


def connect(new: Sink | None, strict: bool = False) -> None:
    """Let events flow into `new`; None stops them. Under `strict` a wrong one raises."""
    global sink, raising, _emit
    sink, raising = new, strict
    if new is None:
        _emit = _nothing
    else:
        _emit = new.emit_strict if strict else new.emit


def tell(event: Event) -> None:
    """Say an event of labotel's own, which never raises: not even under ``strict``."""
    if sink is not None:
        sink.emit(event)


def fault(where: str, error: BaseException) -> None:
    """Count a fault of labotel's own; nothing before `configure`."""
    if sink is not None:
        sink.tally.fault(where, error)


def emit(event: Event) -> None:
    """Say that `event` happened: now, in the current span.

    Never raises in production and never waits. Under ``strict`` a wrong event raises EventError.
    """
    global lost
    try:
        _emit(event)
    except (RecursionError, MemoryError):  # as deep as this there is no room for any call
        lost += 1
