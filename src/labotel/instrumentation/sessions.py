"""Events that wait in a session of SQLAlchemy's until its transaction is committed."""

from dataclasses import dataclass, replace
from typing import Any, Final

from labotel.events import dispatch
from labotel.events.errors import EventError
from labotel.events.event import Event
from labotel.instrumentation.lives import Form, Moment

_WAITING: Final = "labotel_waiting"


@dataclass(frozen=True)
class Waiting:
    """An event of a transaction that is not committed yet."""

    owner: Any
    event: Event


def observe() -> None:
    """Let the ends of all sessions' transactions be seen; once is enough."""
    from sqlalchemy import event
    from sqlalchemy.orm import Session

    of_sessions: dict[str, Any] = {
        "after_commit": _committed, "after_soft_rollback": _rolled_back,
        "after_transaction_end": _ended,
    }  # fmt: skip
    for name, listener in of_sessions.items():
        if not event.contains(Session, name, listener):
            event.listen(Session, name, listener)


def wait(target: Any, form: Form, moment: Moment) -> None:
    """Let an event of an object wait for the commit of its session."""
    from sqlalchemy.orm import object_session

    session = object_session(target)
    if session is not None:
        made = Waiting(_owner(session), form.made(target, moment))
        session.info.setdefault(_WAITING, []).append(made)


def _owner(session: Any) -> Any:
    return session.get_nested_transaction() or session.get_transaction()


def _committed(session: Any) -> None:
    """Say what waits, or let it wait for the transaction around a savepoint."""
    waiting = session.info.get(_WAITING)
    if not waiting:
        return
    owner = _owner(session)
    if owner is not None and owner.nested:
        waiting[:] = [
            replace(one, owner=owner.parent) if one.owner is owner else one for one in waiting
        ]
        return
    del session.info[_WAITING]
    problems = []
    for one in waiting:
        try:
            dispatch.emit(one.event)
        except EventError as error:  # strict
            problems.append(error)
    if problems:
        raise problems[0]


def _rolled_back(session: Any, previous: Any) -> None:
    """Forget what was done in a transaction, and in the savepoints in it."""
    waiting = session.info.get(_WAITING)
    if waiting:
        waiting[:] = [one for one in waiting if not _is_within(one.owner, previous)]


def _is_within(owner: Any, transaction: Any) -> bool:
    while owner is not None:
        if owner is transaction:
            return True
        owner = owner.parent
    return False


def _ended(session: Any, transaction: Any) -> None:
    """Forget what a session that was closed did not commit."""
    if transaction.parent is None:
        session.info.pop(_WAITING, None)
