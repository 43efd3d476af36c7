"""Django's connection handlers, of databases and of caches: what they have made."""

from typing import Any


def initialized(handler: Any) -> dict[str, Any]:
    """Return what a handler has made in this thread, by alias.

    Looking at a handler before Django's settings are complete would fix its aliases as none.
    """
    if "settings" not in vars(handler):
        return {}
    held = handler._connections
    return {alias: getattr(held, alias) for alias in handler if hasattr(held, alias)}


def databases(handler: Any) -> list[str]:
    """Return the aliases in Django's settings, once Django itself has looked at them."""
    configured = vars(handler).get("settings") or {}
    return [a for a, said in configured.items() if not said.get("ENGINE", "").endswith(".dummy")]
