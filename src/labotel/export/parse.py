"""How a setting's value is read: each function raises ValueError with what is allowed."""

import logging
import os
from collections.abc import Callable, Iterable, Mapping
from ipaddress import IPv4Network, IPv6Network, ip_network
from typing import Any
from urllib.parse import unquote, urlsplit


def text(raw: Any) -> str:
    """Read a text that is not empty."""
    if not isinstance(raw, str) or not raw.strip():
        raise ValueError("allowed: a text that is not empty")
    return raw.strip()


def url(raw: Any) -> str:
    """Read an http or https URL."""
    value = text(raw)
    try:
        parts = urlsplit(value)
        known = parts.scheme in ("http", "https") and parts.hostname
    except ValueError:  # brackets that are no IPv6 address
        known = None
    if not known:
        raise ValueError("allowed: an http:// or https:// URL, as in 'http://collector:4318'")
    try:
        _ = parts.port
    except ValueError:
        raise ValueError("allowed: a URL whose port is a number from 0 to 65535") from None
    return value


def file(raw: Any) -> str:
    """Read the path of a file that can be read."""
    value = text(raw)
    if not os.path.isfile(value) or not os.access(value, os.R_OK):
        raise ValueError("allowed: the path of a file that this process can read")
    return value


def seconds(raw: Any) -> float:
    """Read a positive number (of seconds, where the variable's specification has no other)."""
    try:
        value = float(raw)
    except (TypeError, ValueError, OverflowError):
        value = -1.0
    if isinstance(raw, bool) or not 0 < value < 1e9:
        raise ValueError("allowed: a number above 0")
    return value


def threshold(raw: Any) -> float:
    """Read a number of seconds from which something is said; 0: never."""
    try:
        return 0.0 if not isinstance(raw, bool) and float(raw) == 0 else seconds(raw)
    except (TypeError, ValueError, OverflowError):
        raise ValueError("allowed: a number above 0, or 0 for never") from None


def percent(raw: Any) -> float:
    """Read a part of a hundred."""
    try:
        value = float(raw)
    except (TypeError, ValueError, OverflowError):
        value = -1.0
    if isinstance(raw, bool) or not 0 <= value <= 100:
        raise ValueError("allowed: a number from 0 to 100 (percent)")
    return value


def count(raw: Any) -> int:
    """Read a positive whole number."""
    try:
        value = int(raw)
    except (TypeError, ValueError, OverflowError):
        value = 0
    if isinstance(raw, (bool, float)) or value < 1:
        raise ValueError("allowed: a whole number, 1 or more")
    return value


def count_or_never(raw: Any) -> int:
    """Read how often something may be before it is said; 0: it never is."""
    try:
        return 0 if not isinstance(raw, bool) and raw in (0, "0") else count(raw)
    except ValueError:
        raise ValueError("allowed: a whole number above 0, or 0 for never") from None


def switch(raw: Any) -> bool:
    """Read yes or no."""
    if isinstance(raw, bool):
        return raw
    known = {"true": True, "1": True, "yes": True, "on": True,
             "false": False, "0": False, "no": False, "off": False}  # fmt: skip
    value = known.get(str(raw).strip().lower())
    if value is None:
        raise ValueError("allowed: true, false")
    return value


def level(raw: Any) -> int:
    """Read a level of the standard logging, by name or number."""
    if isinstance(raw, int) and not isinstance(raw, bool) and 0 <= raw <= 100:
        return raw
    value = logging.getLevelNamesMapping().get(str(raw).strip().upper())
    if value is None and str(raw).strip().isdecimal() and int(raw) <= 100:
        value = int(raw)
    if value is None:
        raise ValueError("allowed: DEBUG, INFO, WARNING, ERROR, CRITICAL, or a number up to 100")
    return value


def choice(*allowed: str) -> Callable[[Any], str]:
    """Return a reader of one of a few words."""

    def read(raw: Any) -> str:
        value = str(raw).strip().lower()
        if value not in allowed:
            raise ValueError(f"allowed: {', '.join(map(repr, allowed))}")
        return value

    return read


def names(raw: Any) -> tuple[str, ...]:
    """Read names: a sequence, or a text with commas; `instrument` says which are known."""
    if isinstance(raw, str):
        return tuple(part.strip() for part in raw.split(",") if part.strip())
    given = tuple(raw) if isinstance(raw, Iterable) else (None,)
    if not all(isinstance(name, str) for name in given):
        raise ValueError("allowed: a list of names, as in ['django', 'celery']")
    return given


def some(*allowed: str) -> Callable[[Any], tuple[str, ...]]:
    """Return a reader of any of a few words: a sequence, or a text with commas."""

    def read(raw: Any) -> tuple[str, ...]:
        try:
            given = tuple(name.lower() for name in names(raw))
        except ValueError:
            given = ("",)
        if not set(given) <= set(allowed):
            raise ValueError(f"allowed: any of {', '.join(map(repr, allowed))}, with commas")
        return given

    return read


def networks(raw: Any) -> tuple[IPv4Network | IPv6Network, ...]:
    """Read IP addresses and networks: a sequence, or a text with commas."""
    try:
        return tuple(ip_network(name) for name in names(raw))
    except ValueError:
        raise ValueError("allowed: IP addresses and networks, as in '10.0.0.0/8,::1'") from None


def pairs(raw: Any) -> dict[str, str]:
    """Read key=value pairs: a mapping, or W3C baggage's form as the OTLP specification has it."""
    if isinstance(raw, Mapping):
        return {str(key): str(value) for key, value in raw.items()}
    made = {}
    for part in text(raw).split(","):
        if not part.strip():
            continue
        key, equals, value = part.partition("=")
        if not equals or not key.strip():
            raise ValueError("allowed: pairs, as in 'key=value,other=value'")
        made[unquote(key.strip())] = unquote(value.strip())
    return made
