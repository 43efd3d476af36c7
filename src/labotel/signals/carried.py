"""What work takes along when it goes on elsewhere: OpenTelemetry's context, and the actor.

The actor is the person for whom the present work is done, as a pseudonym. It stands beside
OpenTelemetry's context, in a variable of its own: instrumentations put contexts in force that they
made of a message alone, and whoever looks for the actor pays for one look-up, no more.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Final, NamedTuple

from opentelemetry.context import Context, attach, detach, get_current

ACTOR: Final = "enduser.pseudo.id"
"""The attribute of a span or log record that says who, as OpenTelemetry's conventions name it."""

Actor = Callable[[], str | None]
"""Gives the pseudonym, or None as long as nobody is known; never raises."""

actor: ContextVar[Actor | None] = ContextVar("labotel_actor", default=None)
"""For whom the present work is done; what is set here must end with that work."""


def pseudonym() -> str | None:
    """Return the pseudonym of the present actor; None where there is none."""
    who = actor.get()
    return None if who is None else who()


class Carried(NamedTuple):
    """A context and an actor, to be in force where the work goes on."""

    context: Context
    who: Actor | None

    @contextmanager
    def in_force(self) -> Iterator[None]:
        """Be in force for the block."""
        token, former = attach(self.context), actor.get()
        actor.set(self.who)
        try:
            yield
        finally:
            actor.set(former)
            detach(token)


NOTHING: Final = Carried(Context(), None)
"""For what belongs to no work of the application's, though it may begin there."""


def carried() -> Carried:
    """Return what is in force here."""
    return Carried(get_current(), actor.get())
