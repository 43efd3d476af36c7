"""Durations that are computed, as in ``[5m + 30s]`` and ``offset (2 * 1h)``.

Prometheus 3.16 takes them (its documentation, "Duration expressions"); the parser does not.
"""

import math
import re
from collections.abc import Callable, Sequence
from typing import Final

from labotel.render.words import Problems, Word

LONGEST: Final = 2.0**63 / 1e9
"""The longest duration, in s: 292 years."""
_SIGNS: Final = {"+": 1, "-": 1, "*": 2, "/": 2, "%": 2, "^": 3}
_UNITS: Final = {
    "y": 31536000.0, "w": 604800.0, "d": 86400.0, "h": 3600.0, "m": 60.0, "s": 1.0, "ms": 0.001,
}  # fmt: skip
_DURATION: Final = re.compile("".join(rf"(?:([0-9]+){unit}(?![a-z]))?" for unit in _UNITS))
_TORN: Final = re.compile(r"__|_$|_[.eE]|[.eE]_")
_OPERATORS: Final[dict[str, Callable[[float, float], float]]] = {
    "+": lambda a, b: a + b, "-": lambda a, b: a - b, "*": lambda a, b: a * b,
    "/": lambda a, b: a / b, "%": math.fmod, "^": math.pow, "min_of": min, "max_of": max,
}  # fmt: skip


def number(text: str) -> float:
    """Return the value of a number or a duration (in s); Problems where it is out of range."""
    plain = text.replace("_", "")
    try:
        if _TORN.search(text):
            raise ValueError("an underscore stands between digits")
        if plain[:2].lower() == "0x":
            found = float(int(plain, 16))
        elif match := _DURATION.fullmatch(text):
            pairs = zip(match.groups(), _UNITS.values(), strict=True)
            found = sum(int(many) * unit for many, unit in pairs if many)
            if found > LONGEST:
                raise ValueError("allowed: up to 292y")
        else:
            found = float(plain)
    except (ValueError, OverflowError) as error:
        raise Problems([f"{text} is no number and no duration: {error}"]) from error
    if math.isinf(found):
        raise Problems([f"{text} is out of range"])
    return found


class Reader:
    """Reads durations from words, from `at` on; a value is None where it is known at run time."""

    def __init__(self, words: Sequence[Word], at: int) -> None:
        self._words = words
        self.at = at

    def peek(self) -> str:
        """Return the next word, "" at the end."""
        return self._words[self.at].text if self.at < len(self._words) else ""

    def offset(self) -> float | None:
        """Read what stands behind ``offset``: but in brackets, one value with one sign."""
        sign = self._sign()
        if self.peek() in ("+", "-") or (self.peek() == "(" and not sign):
            return self.whole(sign)
        return self._signed(sign, self._value())

    def whole(self, sign: str = "", above: int = 0) -> float | None:
        """Read all that is computed, up to an operator that binds less than `above`."""
        sign = sign or self._sign()
        found = self._signed(sign, self.whole(above=2) if sign else self._value())
        while _SIGNS.get(self.peek(), 0) > above:
            operator = self._next()
            binds = _SIGNS[operator]
            other = self.whole(above=binds - 1 if operator == "^" else binds)
            found = self._made(operator, found, other)
        return found

    def _value(self) -> float | None:
        text = self._next()
        word = text.lower()
        if word == "(":
            found = self.whole()
            self._must(")")
            return found
        if word in ("step", "range"):
            self._must("(")
            self._must(")")
            return None
        if word in ("min_of", "max_of"):
            self._must("(")
            first = self.whole()
            self._must(",")
            second = self.whole()
            self._must(")")
            return self._made(word, first, second)
        if not word[:1].isdigit() and word[:1] != ".":
            raise Problems([f"{word or 'the end'!r} is no duration; allowed: as in 5m, 2 * 1h"])
        found = number(text)
        if abs(found) > LONGEST:
            raise Problems([f"{word} is out of range; allowed: durations up to 292y"])
        return found

    def _made(self, operator: str, a: float | None, b: float | None) -> float | None:
        if operator in ("/", "%") and b == 0:
            raise Problems([f"a duration is divided by zero: {operator} 0"])
        if a is None or b is None:
            return None
        try:
            return _OPERATORS[operator](a, b)
        except (ValueError, OverflowError) as error:
            raise Problems([f"a duration cannot be computed: {a:g} {operator} {b:g}"]) from error

    def _sign(self) -> str:
        return self._next() if self.peek() in ("+", "-") else ""

    def _signed(self, sign: str, value: float | None) -> float | None:
        return -value if sign == "-" and value is not None else value

    def _next(self) -> str:
        found = self.peek()
        self.at += 1
        return found

    def _must(self, wanted: str) -> None:
        found = self._next()
        if found != wanted:
            raise Problems([f"{found or 'the end'!r} stands in a duration; allowed: {wanted!r}"])
