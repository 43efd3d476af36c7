"""What is connecting to a database here: its driver need not be observed then.

Whoever observes the statements of a connection (Django, SQLAlchemy) observes them once; its
driver is observed where the application uses it alone.
"""

from collections.abc import Callable
from contextvars import ContextVar
from typing import Any

from labotel.catalogs.database import ConnectionFailed
from labotel.events.dispatch import tell

above: ContextVar[bool] = ContextVar("labotel_connecting", default=False)
"""Whether somebody who is observed connects."""


def connect(
    call: Callable[[], Any], database: Callable[[], str], is_own_thread: Callable[[], bool]
) -> Any:
    """Call what connects; count it where it fails."""
    former = above.get()
    above.set(True)
    try:
        return call()
    except Exception as error:
        if not is_own_thread():
            failed(database(), error)
        raise
    finally:
        above.set(former)


def failed(database: str, error: BaseException) -> None:
    """Count a connection that could not be made; SQLAlchemy's errors hold the driver's."""
    kind = type(getattr(error, "orig", None) or error).__name__
    tell(ConnectionFailed(database=database, error_type=kind))
