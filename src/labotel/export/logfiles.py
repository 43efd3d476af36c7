"""The files that records are written to, as they are chosen in a setting."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

from labotel.events.errors import nearest
from labotel.export.parse import count, level, text

TYPES: Final = ("request", "task", "error", "performance", "event", "log")
"""What a record is (docs/logs.md)."""
Type = Literal["request", "task", "error", "performance", "event", "log"]
_UNITS: Final = {"": 1, "b": 1, "kb": 1000, "mb": 1000**2, "gb": 1000**3,
                 "kib": 1024, "mib": 1024**2, "gib": 1024**3}  # fmt: skip
_SIZE: Final = re.compile(r"(\d+)\s*([a-z]*)", re.IGNORECASE)
_KEYS: Final = ("path", "level", "type", "size", "daily", "keep")


@dataclass(frozen=True)
class LogFile:
    """One file of JSON lines: what stands in it, and when it is put aside.

    `size` is in bytes; with `daily` it is put aside at midnight (UTC) instead. `keep` so many are
    kept that were put aside. Records of one `type` alone, else all; from a `level` on (as Python
    numbers them).
    """

    path: str
    level: int = 0
    type: Type | None = None
    size: int = 10_000_000
    daily: bool = False
    keep: int = 5


def log_files(raw: Any) -> tuple[LogFile, ...]:
    """Read files: a list of texts or mappings, or one text with commas.

    A text is a path and then what differs from the usual, as in
    ``"logs/errors.log level=ERROR size=10MB keep=10"``; ValueError for anything else.
    """
    if isinstance(raw, str):
        raw = [part for part in raw.split(",") if part.strip()]
    if isinstance(raw, Mapping) or not isinstance(raw, Iterable):
        raise ValueError("allowed: a list, as in ['logs/app.log size=10MB keep=5']")
    files = tuple(map(_file, raw))
    paths = [file.path for file in files]
    for path in paths:
        if paths.count(path) > 1:
            raise ValueError(f"{path!r} is there twice; allowed: each file once")
    return files


def _file(raw: Any) -> LogFile:
    if isinstance(raw, LogFile):
        return raw
    given = dict(raw) if isinstance(raw, Mapping) else _words(raw)
    for key in given:
        if key not in _KEYS:
            close = nearest(str(key)[:100], _KEYS)
            raise ValueError(
                f"{key!r} is nothing of a log file{close}; allowed: {', '.join(_KEYS)}"
            )
    made: dict[str, Any] = {"path": text(given.get("path"))}
    for key, read in (("level", level), ("keep", count), ("size", size), ("type", _type)):
        if key in given:
            try:
                made[key] = read(given[key])
            except ValueError as error:
                raise ValueError(f"{key}={given[key]!r}: {error}") from None
    if "daily" in given:
        made["daily"] = given["daily"] is not False
        if "size" in given and made["daily"]:
            raise ValueError("daily and size stand together; allowed: one of them")
    return LogFile(**made)


def _words(raw: Any) -> dict[str, Any]:
    path, *words = text(raw).split()
    found: dict[str, Any] = {"path": path}
    for word in words:
        key, equals, value = word.partition("=")
        found[key] = value if equals else True
    return found


def size(raw: Any) -> int:
    """Read bytes, as a number or with a unit."""
    match = _SIZE.fullmatch(str(raw).strip())
    unit = _UNITS.get(match[2].lower()) if match else None
    if isinstance(raw, bool) or match is None or unit is None or not int(match[1]):
        raise ValueError("allowed: bytes, or as in '15MB', '10MiB'")
    return int(match[1]) * unit


def _type(raw: Any) -> str:
    if raw not in TYPES:
        raise ValueError(f"allowed: {', '.join(TYPES)}")
    return str(raw)
