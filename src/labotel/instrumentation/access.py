"""Who may see labotel's pages: one rule for all of them, which no framework is needed to ask.

A stranger is told one thing, whatever is behind the door; what would open it stands in the log.
"""

import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from ipaddress import IPv4Network, IPv6Network, ip_address
from typing import Any, Final, Literal, Protocol

Rule = Literal["debug", "token", "addresses", "permission", "open"]

NEEDS: Final[dict[str, str]] = {
    "token": "metrics_token",
    "addresses": "metrics_addresses",
    "permission": "metrics_permission",
}
"""What a rule lets nobody in without."""


class Visitor(Protocol):
    """Who asks, as a framework knows it; asked only for what the rule needs."""

    @property
    def authorization(self) -> str:
        """The request's Authorization header, its bytes read as Latin-1."""

    @property
    def address(self) -> str:
        """The address at the other end of the connection; empty where it has none."""

    @property
    def debug(self) -> bool:
        """Whether the application is being debugged."""

    def may(self, permission: str) -> bool:
        """Tell whether the signed-in user has a permission."""


@dataclass(frozen=True)
class Access:
    """The rule in force."""

    rule: Rule
    token: str | None = None
    addresses: tuple[IPv4Network | IPv6Network, ...] = ()
    permission: str | None = None

    @classmethod
    def of(cls, settings: Mapping[str, Any]) -> "Access":
        """Return the rule of the settings: a token means `token`, where nothing else was chosen."""
        rule, token = settings["metrics_access"], settings["metrics_token"]
        return cls(
            "token" if rule == "debug" and token else rule,
            token,
            settings["metrics_addresses"],
            settings["metrics_permission"],
        )

    def allows(self, visitor: Visitor) -> bool:
        """Tell whether a visitor may see the pages."""
        if self.rule == "token":
            return self.token is not None and _bears(visitor.authorization, self.token)
        if self.rule == "addresses":
            return _among(visitor.address, self.addresses)
        if self.rule == "permission":
            return self.permission is not None and visitor.may(self.permission)
        return self.rule == "open" or (self.rule == "debug" and visitor.debug)

    def adds(self, visitor: Visitor, permission: str) -> Literal["token", "user"] | None:
        """Tell by what a visitor may add to a counter: by the token, or as who is signed in.

        What may be seen may not be changed for that: neither an address nor `open` is enough, nor
        debugging where a token is set.
        """
        if self.token is not None and _bears(visitor.authorization, self.token):
            return "token"
        if visitor.may(permission) or (self.rule == "debug" and visitor.debug):
            return "user"
        return None

    @property
    def key(self) -> str:
        """What opens the pages to somebody, for the one who runs the application."""
        return {
            "debug": "set LABOTEL_METRICS_TOKEN and send it as a bearer token, or "
            "LABOTEL_METRICS_ACCESS=addresses, permission, or open where only the scraper can "
            "reach it",
            "token": "send LABOTEL_METRICS_TOKEN as a bearer token",
            "addresses": "LABOTEL_METRICS_ADDRESSES must hold the address of the connection, "
            "which is a proxy's where one stands before; a unix socket has none",
            "permission": f"its user must be signed in with the permission {self.permission}",
            "open": "",
        }[self.rule]


def problems(settings: Mapping[str, Any]) -> list[str]:
    """Return what is wrong with a rule that can let nobody in, naming what is missing."""
    rule = settings["metrics_access"]
    missing = NEEDS.get(rule)
    if missing is None or settings[missing]:
        return []
    return [f"{missing} is not given, and metrics_access={rule!r} lets nobody in without it"]


def _bears(authorization: str, token: str) -> bool:
    """Compare in a time that tells nothing of the token, its length included."""
    scheme, _, given = authorization.partition(" ")
    same = hmac.compare_digest(
        sha256(given.strip().encode("latin-1", "backslashreplace")).digest(),
        sha256(token.encode("utf-8", "surrogateescape")).digest(),
    )
    return same and scheme.lower() == "bearer"


def _among(address: str, networks: tuple[IPv4Network | IPv6Network, ...]) -> bool:
    try:
        given = ip_address(address)
    except ValueError:
        return False
    # A socket for both families sees the clients of IPv4 as ::ffff:a.b.c.d.
    mapped = getattr(given, "ipv4_mapped", None)
    return any(given in network or (mapped and mapped in network) for network in networks)
