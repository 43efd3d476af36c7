"""Paths that are chosen in a setting, each with the name that its metrics have."""

import os
from collections.abc import Iterable, Mapping
from typing import Any, Final

MOST: Final = 100  # as many as catalogs/paths.py has room for
_LONGEST: Final = 200


def named_paths(raw: Any) -> dict[str, str]:
    """Read paths by name: a mapping, a list, or a text with commas, ``data=/srv/data, /var/lib``.

    A path without a name is called by itself.
    """
    given: Iterable[tuple[Any, Any]]
    if isinstance(raw, Mapping):
        given = raw.items()
    else:
        parts = raw.split(",") if isinstance(raw, str) else raw
        if not isinstance(parts, Iterable):
            raise ValueError(_allowed("a list of paths"))
        given = [_pair(part) for part in parts if part != "" and not _blank(part)]
    found: dict[str, str] = {}
    for name, path in given:
        name, path = _text(name), _path(path)
        if name in found:
            raise ValueError(f"{name!r} is there twice; allowed: each name once")
        found[name] = path
    if len(found) > MOST:
        raise ValueError(f"{len(found)} paths; allowed: at most {MOST}")
    return found


def _blank(part: Any) -> bool:
    return isinstance(part, str) and not part.strip()


def _pair(part: Any) -> tuple[Any, Any]:
    if not isinstance(part, str):
        return part, part
    name, equals, path = part.partition("=")
    return (name, path) if equals and "/" not in name else (part, part)


def _text(name: Any) -> str:
    text = os.fspath(name) if isinstance(name, os.PathLike) else name
    if not isinstance(text, str) or not 0 < len(text.strip()) <= _LONGEST:
        raise ValueError(_allowed(f"names of at most {_LONGEST} characters"))
    return text.strip()


def _path(path: Any) -> str:
    text = os.fspath(path) if isinstance(path, os.PathLike) else path
    if not isinstance(text, str) or not os.path.isabs(text.strip()) or "\0" in text:
        shown = repr(path)[:_LONGEST]
        raise ValueError(f"{shown} is no whole path; " + _allowed("paths from the root on"))
    return text.strip()


def _allowed(what: str) -> str:
    return f"allowed: {what}, as in 'data=/srv/data, /var/lib'"
