"""Any value as a bounded text: in bounded time whatever it holds, and without a fault of its own.

What is no Exception (KeyboardInterrupt, SystemExit, a time limit of gevent's) is the application's
own signal, and passes wherever a value's `__str__` raises it.
"""

from typing import Any, Final

CAP: Final = 16_896
"""The longest text that waits: what scrubbing keeps (16,384), and enough to see that it was cut."""
TEXT_LIMIT: Final = CAP
"""The longest text that a value which is no scalar becomes: no shorter, as half of what stands in
it is known to no pattern."""
_DEEP: Final = 20
_BITS: Final = 14_000
"""An int up to so long is printed; Python itself refuses more than 4,300 digits."""
_BRACKETS: Final[dict[type, tuple[str, str]]] = {
    list: ("[", "]"),
    tuple: ("(", ")"),
    dict: ("{", "}"),
    set: ("{", "}"),
    frozenset: ("frozenset({", "})"),
}
_name_of: Final = type.__dict__["__name__"].__get__


def text_of(value: object, limit: int = TEXT_LIMIT) -> str:
    """Return `str(value)`, at most so long, or what says that it cannot be printed."""
    kind = type(value)
    try:
        if issubclass(kind, str):
            return str.__str__(value)[:limit]
        if kind in _BRACKETS or issubclass(kind, (int, bytes, bytearray)):
            return quoted(value, limit)
        return str.__str__(str(value))[:limit]
    except Exception:
        return unprintable(value)


def quoted(value: object, limit: int) -> str:
    """Return `repr(value)` for a message, at most so long; containers are read no further."""
    pen = _Pen(limit)
    try:
        pen.write(value, 0)
    except Exception:
        return unprintable(value)
    return "".join(pen.parts)[:limit]


def unicode(text: str) -> str:
    """Return a text that has an encoding: a lone surrogate becomes ``?``."""
    return text if text.isascii() else text.encode("utf-8", "replace").decode()


def unprintable(value: object) -> str:
    """Return what stands for a value that cannot be printed."""
    return f"<{name_of(value)} that cannot be printed>"


def name_of(value: object) -> str:
    """Return the name of a value's type: its class may lie, its type cannot."""
    return str(_name_of(type(value)))


class _Pen:
    """Writes until `left` characters are used up."""

    def __init__(self, limit: int) -> None:
        self.left = limit
        self.parts: list[str] = []

    def put(self, text: str) -> None:
        self.parts.append(text[: self.left + 1])
        self.left -= len(text)

    def write(self, value: Any, depth: int) -> None:
        kind = type(value)
        if kind in _BRACKETS:
            self._container(value, kind, depth)
        elif kind in (str, bytes, bytearray):
            self.put(repr(value[: max(0, self.left)]))
        elif issubclass(kind, int):
            bits = int.bit_length(value)
            self.put(str(value) if bits <= _BITS else f"<int of {bits} bits>")
        else:
            self.put(str.__str__(repr(value)))

    def _container(self, value: Any, kind: type, depth: int) -> None:
        if depth == _DEEP:
            self.put("…")
            return
        opening, closing = _BRACKETS[kind]
        self.put(opening)
        for i, item in enumerate(value.items() if kind is dict else value):
            if self.left <= 0:
                break
            if i:
                self.put(", ")
            if kind is dict:
                self.write(item[0], depth + 1)
                self.put(": ")
                self.write(item[1], depth + 1)
            else:
                self.write(item, depth + 1)
        self.put(",)" if kind is tuple and len(value) == 1 else closing)
