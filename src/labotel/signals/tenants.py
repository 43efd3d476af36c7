"""The tenant of the present work: in force beside the actor, and as long as that."""

from collections.abc import Callable
from typing import Self

from opentelemetry import trace

from labotel.events.tenancy import named
from labotel.policy.scrubbing import scrub
from labotel.signals.carried import TENANT, Acting, Actor, Who, actor

Fault = Callable[[str, BaseException], None]


class OfTenant:
    """An actor within a tenant; whoever signs in later is known by the actor inside."""

    __slots__ = ("actor", "tenant")

    def __init__(self, inner: Actor | None, tenant: str) -> None:
        self.actor = inner
        self.tenant = tenant

    def __call__(self) -> Acting:
        """Return who it is now."""
        who = None if self.actor is None else self.actor()
        return Acting(who.pseudonym if isinstance(who, Acting) else who, self.tenant)


class Stay:
    """Gives the actor back that was in force before, where a block is left."""

    def __init__(self, former: Actor | None) -> None:
        self._former = former

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *raised: object) -> None:
        actor.set(self._former)


def begin(name: object, fault: Fault) -> Stay:
    """Let the present work be a tenant's from now on; None: nobody's."""
    former = actor.get()
    try:
        inner = former.actor if isinstance(former, OfTenant) else former
        tenant = named(name)
        if tenant is None:
            actor.set(inner)
        else:
            tenant = scrub(tenant)
            actor.set(OfTenant(inner, tenant))
            trace.get_current_span().set_attribute(TENANT, tenant)
    except Exception as error:  # a wrong name, where that is not to raise
        fault("tenant", error)
    return Stay(former)


def within(present: Actor | None, who: str | None) -> Who:
    """Return a known person, in the tenant that is in force."""
    return Acting(who, present.tenant) if isinstance(present, OfTenant) else who
