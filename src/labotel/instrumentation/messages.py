"""Who the present work is for, in the headers of a message to another process."""

from collections.abc import Callable, MutableMapping
from typing import Any, Final

from labotel.events.tenancy import named
from labotel.policy.pseudonyms import is_pseudonym
from labotel.policy.scrubbing import scrub
from labotel.signals.carried import ACTOR, TENANT, Actor, acting, fields_of
from labotel.signals.tenants import OfTenant

ACTOR_HEADER: Final = "labotel-actor"
"""Names the actor's pseudonym where work goes on in another process."""
TENANT_HEADER: Final = "labotel-tenant"
"""Names its tenant."""


def announce(headers: MutableMapping[str, Any]) -> None:
    """Put into headers who the present work is for; what they have of another work goes out."""
    fields = fields_of(acting())
    for header, field in ((ACTOR_HEADER, ACTOR), (TENANT_HEADER, TENANT)):
        if field in fields:
            headers[header] = fields[field]
        else:
            headers.pop(header, None)


def announced(header: Callable[[str], Any]) -> Actor | None:
    """Return whom the headers of a message name; what is no name is nobody."""
    who, tenant = header(ACTOR_HEADER), header(TENANT_HEADER)
    person: Actor | None = (lambda: who) if is_pseudonym(who) else None
    try:
        known = named(tenant) if isinstance(tenant, str) else None
    except ValueError:
        known = None
    return person if known is None else OfTenant(person, scrub(known))
