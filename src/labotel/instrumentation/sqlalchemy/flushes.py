"""An event for the rows that each flush of SQLAlchemy's ORM writes, by the class that is mapped."""

from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any, Literal

from labotel.catalogs.database import ModelWritten
from labotel.events.dispatch import tell

Operation = Literal["insert", "update", "delete"]


class FlushObserver:
    """Observes every session; `connect` and `disconnect` it."""

    def __init__(
        self, is_own_thread: Callable[[], bool], fault: Callable[[str, BaseException], None]
    ) -> None:
        self._is_own_thread = is_own_thread
        self._fault = fault
        self._session: Any = None

    def connect(self, orm: Any) -> None:
        """Observe the sessions of `sqlalchemy.orm`."""
        if self._session is None:
            from sqlalchemy import event

            self._session = orm.Session
            event.listen(self._session, "after_flush", self._flushed)

    def disconnect(self) -> None:
        """Observe nothing any more."""
        if self._session is not None:
            from sqlalchemy import event

            event.remove(self._session, "after_flush", self._flushed)
            self._session = None

    def _flushed(self, session: Any, context: Any) -> None:
        try:
            if self._is_own_thread():
                return
            for (model, operation), rows in Counter(_written(session)).items():
                tell(ModelWritten(model=model, operation=operation, rows=rows))
        except Exception as error:
            self._fault("model_written", error)


def _written(session: Any) -> Iterator[tuple[str, Operation]]:
    """Give what was written; after a flush a session still has it as it was before."""
    for written in session.new:
        yield type(written).__name__, "insert"
    for written in session.dirty:
        if session.is_modified(written):  # a value that was set to itself is no change
            yield type(written).__name__, "update"
    for written in session.deleted:
        yield type(written).__name__, "delete"
