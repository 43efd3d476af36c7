"""What work takes along when it goes on elsewhere: OpenTelemetry's context, actor and tenant.

The actor is the person for whom the present work is done, as a pseudonym; the tenant is the
customer whose data it is about. An actor tells both. It stands beside OpenTelemetry's
context, in a variable of its own: instrumentations put contexts in force that they
made of a message alone, and whoever looks for the actor pays for one look-up, no more.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Final, NamedTuple

from opentelemetry.context import Context, attach, detach, get_current

ACTOR: Final = "enduser.pseudo.id"
"""The attribute of a span or log record that says who, as OpenTelemetry's conventions name it."""

TENANT: Final = "tenant.id"
"""The attribute that says the tenant; OpenTelemetry's conventions have none yet."""


class Acting(NamedTuple):
    """Who, where there is a tenant."""

    pseudonym: str | None
    tenant: str


Who = str | Acting | None
"""The pseudonym alone where there is no tenant; None where there is neither."""

Actor = Callable[[], Who]
"""Gives who it is now, or None as long as nobody is known; never raises."""

actor: ContextVar[Actor | None] = ContextVar("labotel_actor", default=None)
"""For whom the present work is done; what is set here must end with that work."""


def acting() -> Who:
    """Return for whom the present work is done."""
    who = actor.get()
    return None if who is None else who()


def pseudonym() -> str | None:
    """Return the pseudonym of the present actor; None where there is none."""
    who = acting()
    return who.pseudonym if isinstance(who, Acting) else who


def fields_of(who: Who) -> dict[str, str]:
    """Return the attributes that say who."""
    if who is None:
        return {}
    if not isinstance(who, Acting):
        return {ACTOR: who}
    if who.pseudonym is None:
        return {TENANT: who.tenant}
    return {ACTOR: who.pseudonym, TENANT: who.tenant}


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
