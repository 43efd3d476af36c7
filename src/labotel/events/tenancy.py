"""The tenant: for which customer of the application's the present work is done."""

from contextlib import AbstractContextManager, nullcontext
from uuid import UUID

from labotel.events import dispatch
from labotel.events.errors import EventError

LONGEST = 100
"""So many characters a tenant's name may have."""


def tenant(name: str | int | UUID | None) -> AbstractContextManager[object]:
    """Say for which tenant the present work is done, from now on until it ends.

    The request's own end takes it back, and the task's. `with labotel.tenant("acme"):` is for the
    block alone. It stands on the work's span and on its log records as `tenant.id`, goes along into
    threads and tasks, and is never a label. None: it is nobody's.
    """
    if dispatch.sink is None:
        return nullcontext()
    if dispatch.raising:
        try:
            named(name)
        except ValueError as error:
            raise EventError(str(error)) from None
    return dispatch.sink.tenant(name)


def named(name: object) -> str | None:
    """Return a tenant's name as a text; ValueError where it is none."""
    if name is None:
        return None
    if isinstance(name, bool) or not isinstance(name, (str, int, UUID)):
        shown = type(name).__name__
        raise ValueError(f"tenant() was given a {shown}: allowed: a str, an int, a UUID or None")
    text = str(name)
    if not 0 < len(text) <= LONGEST:
        raise ValueError(
            f"tenant() was given {len(text)} characters: allowed: 1 to {LONGEST} of them"
        )
    return text
