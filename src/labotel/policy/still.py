"""A copy of a value that a later change cannot reach: bounded, of scalars, tuples and dicts."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from labotel.events.judge import exact
from labotel.events.texts import CAP, text_of
from labotel.policy.scrubbing import CUT

DEPTH: Final = 8
"""Lists and mappings are followed so deep; what lies deeper is text."""
KEY: Final = 255
"""The longest name of an attribute."""
ROOM: Final = 65_536
"""The characters of one record's nested values, each value counted as one more."""


def still(value: Any, room: list[int], depth: int = 0) -> Any:
    """Return a copy that a later change cannot reach: scalars, bytes, tuples and dicts of them.

    `room` holds what is left of ROOM, and is used up; what does not fit is cut.
    """
    kind = type(value)
    room[0] -= 1
    if value is None or kind in (bool, int, float):
        return value
    if issubclass(kind, (int, float)):
        return exact(value)
    if room[0] <= 0:
        return CUT
    if kind in (bytes, bytearray, memoryview):
        made = bytes(value[:CAP])
        room[0] -= len(made)
        return made if room[0] >= 0 else CUT
    try:
        if depth < DEPTH and issubclass(kind, Mapping):
            return _mapping(value, room, depth)
        if depth < DEPTH and issubclass(kind, Sequence) and not issubclass(kind, str):
            items = []
            for item in value:
                items.append(still(item, room, depth + 1))
                if room[0] <= 0:
                    break
            return tuple(items)
    except Exception:  # its own methods
        return text_of(value)
    text = text_of(value, CAP)
    room[0] -= len(text)
    return text if room[0] >= 0 else CUT  # a part of it might be half of what a pattern knows


def _mapping(value: Mapping[Any, Any], room: list[int], depth: int) -> dict[str, Any]:
    made = {}
    for key, item in value.items():
        name = text_of(key, KEY)
        room[0] -= len(name)
        made[name] = still(item, room, depth + 1)
        if room[0] <= 0:
            break
    return made
