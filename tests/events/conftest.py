"""A sink that keeps what it is given, connected for one test."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

import pytest

from labotel.events import dispatch
from labotel.events.errors import EventError
from labotel.events.event import Event
from labotel.events.judge import complaint, objection


class RecordedWork:
    """The piece of work that `timed` has under way."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.errors: list[BaseException] = []
        self.ended = False

    def fail(self, error: BaseException) -> None:
        """Keep the error."""
        self.errors.append(error)


class Recorder:
    """A sink that keeps events, in the order in which they came, and judges under strict."""

    def __init__(self) -> None:
        self.events: list[Event] = []
        self.failed: list[tuple[Event, BaseException]] = []
        self.works: list[RecordedWork] = []
        self.within: list[bool] = []

    @property
    def emit(self) -> Callable[[Event], None]:
        """Keep an event."""
        return self._take

    def _take(self, event: Event) -> None:
        self.events.append(event)
        self.within.append(any(not work.ended for work in self.works))

    def emit_strict(self, event: Event) -> None:
        """Keep an event that is right in everything."""
        problem = complaint(event) or objection(event)
        if problem:
            raise EventError(problem)
        self.events.append(event)

    def emit_failed(self, event: Event, error: BaseException) -> None:
        """Keep an event of failed work."""
        self.failed.append((event, error))

    def work(self, name: str) -> AbstractContextManager[RecordedWork]:
        """Open a piece of work."""
        return self._work(name)

    @contextmanager
    def _work(self, name: str) -> Iterator[RecordedWork]:
        made = RecordedWork(name)
        self.works.append(made)
        yield made
        made.ended = True


@pytest.fixture
def recorder() -> Iterator[Recorder]:
    """A connected sink; nothing is connected afterwards."""
    made = Recorder()
    dispatch.connect(made)
    yield made
    dispatch.connect(None)


@pytest.fixture
def strict_recorder() -> Iterator[Recorder]:
    """A sink connected under strict."""
    made = Recorder()
    dispatch.connect(made, strict=True)
    yield made
    dispatch.connect(None)
