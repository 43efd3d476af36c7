"""A matcher's pattern, read as RE2 does, as far as it is plain: which values it fits.

RE2's syntax is that of its documentation; Prometheus anchors a pattern at both ends, and ``.`` is
any sign. What is seldom (flags, Unicode classes, boundaries) is not read: nothing is known of it
then. Python's `re` takes other patterns, and may need years for one that RE2 reads at once; here
all places that a part of the pattern may have reached go on together.
"""

import re
import string
from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import Final

Places = frozenset[int]
Step = Callable[[str, Places], Places]
"""Leads from places in a text to those where a part of the pattern may end."""

_LONGEST: Final = 10_000
_DEEPEST: Final = 50
_MOST: Final = 1000
"""So often RE2 repeats a part at the most."""
_CLASSES: Final = {
    "d": frozenset(string.digits),
    "w": frozenset(string.ascii_letters + string.digits + "_"),
    "s": frozenset("\t\n\f\r "),
}
_CONTROL: Final = {"n": "\n", "t": "\t", "r": "\r", "f": "\f", "v": "\v", "a": "\a"}
_OTHERS: Final = "xQEAbBzpP"
"""What else a backslash stands before in RE2: none of it is plain."""
_GROUP: Final = re.compile(r"P?<|[imsU]*(?:-[imsU]+)?[:)]")


class Unsure(Exception):
    """A pattern that is not plain: what it fits is not known."""


class Refused(ValueError):
    """A pattern that RE2 does not take."""


class Pattern:
    """A pattern, by its alternatives; Unsure where it is not plain, Refused where it is none."""

    def __init__(self, text: str) -> None:
        self._folded = text.startswith("(?i)")
        if len(text) > _LONGEST or (self._folded and not text.isascii()):
            raise Unsure(text)
        self._alternatives = _Reader(text, self._folded).alternatives()

    def fits(self, value: str) -> bool:
        """Tell whether a whole value fits."""
        return any(self._ends(step, value) for _, step in self._alternatives)

    def idle(self, values: Iterable[str]) -> list[str]:
        """Return the alternatives that fit none of these values, nor the value of no label."""
        known = ["", *values]
        return [
            text for text, step in self._alternatives if not any(self._ends(step, v) for v in known)
        ]

    def _ends(self, step: Step, value: str) -> bool:
        if self._folded and not value.isascii():
            raise Unsure(value)
        return len(value) in step(value, frozenset({0}))


@lru_cache(maxsize=256)
def pattern(text: str) -> Pattern:
    """Return a pattern, read once."""
    return Pattern(text)


class _Reader:
    """Reads a pattern from left to right."""

    def __init__(self, text: str, folded: bool) -> None:
        self._text = text
        self._folded = folded
        self._at = len("(?i)") if folded else 0
        self._depth = 0

    def alternatives(self) -> list[tuple[str, Step]]:
        """Return those at the top, each with its text."""
        found = []
        while True:
            begun = self._at
            step = self._joined()
            found.append((self._text[begun : self._at], step))
            if self._at == len(self._text):
                return found
            if self._take() != "|":
                raise Unsure(self._text)  # a bracket that nothing opens: the parser says so

    def _take(self) -> str:
        if self._at == len(self._text):
            raise Unsure(self._text)
        self._at += 1
        return self._text[self._at - 1]

    def _next(self) -> str:
        return self._text[self._at : self._at + 1]

    def _joined(self) -> Step:
        """Read parts one after another."""
        steps: list[Step] = []
        while self._next() not in ("", "|", ")"):
            begun = self._at
            steps.append(self._repeat(self._part(), begun))

        def go(text: str, places: Places) -> Places:
            for step in steps:
                if not places:
                    break
                places = step(text, places)
            return places

        return go

    def _part(self) -> Step:
        if self._times() is not None:
            raise Refused(f"{self._text!r}: a part of it repeats nothing")
        sign = self._take()
        if sign == "(":
            return self._group()
        if sign == "[":
            return self._class()
        if sign == "\\":
            return self._one(*self._escaped())
        if sign == ".":
            return self._one(frozenset(), False)
        if sign == "^":
            return lambda _, places: places & {0}
        if sign == "$":
            return lambda text, places: places & {len(text)}
        return self._one(frozenset(sign), True)

    def _one(self, signs: frozenset[str], fits: bool) -> Step:
        """Go on by one sign that is one of these, or is none of them."""
        if self._folded:
            signs |= {sign.swapcase() for sign in signs}
        return lambda text, places: frozenset(
            place + 1 for place in places if place < len(text) and (text[place] in signs) == fits
        )

    def _group(self) -> Step:
        if self._next() == "?":
            self._at += 1
            if not _GROUP.match(self._text, self._at):
                raise Refused(f"{self._text[self._at - 2 : self._at + 2]!r} begins no group")
            if self._take() != ":":
                raise Unsure(self._text)
        self._depth += 1
        if self._depth > _DEEPEST:
            raise Unsure(self._text)
        steps = [self._joined()]
        while self._take() == "|":
            steps.append(self._joined())
        if self._text[self._at - 1] != ")":
            raise Unsure(self._text)
        self._depth -= 1
        return lambda text, places: frozenset().union(*(step(text, places) for step in steps))

    def _escaped(self) -> tuple[frozenset[str], bool]:
        """Return the signs of what stands behind a backslash, and whether they are those."""
        sign = self._take()
        if sign.lower() in _CLASSES:
            return _CLASSES[sign.lower()], sign.islower()
        if sign in _CONTROL:
            return frozenset(_CONTROL[sign]), True
        if sign in string.punctuation:
            return frozenset(sign), True
        if sign.isascii() and sign.isalpha() and sign not in _OTHERS:
            raise Refused(f"\\{sign} means nothing")
        raise Unsure(self._text)

    def _class(self) -> Step:
        fits = self._next() != "^"
        self._at += not fits
        signs: set[str] = set()
        first = True
        while first or self._next() != "]":
            first = False
            low, plain = self._member()
            if self._next() == "-" and self._text[self._at + 1 : self._at + 2] not in ("", "]"):
                self._at += 1
                high, single = self._member()
                if not (plain and single and len(low) == len(high) == 1):
                    raise Unsure(self._text)
                low = frozenset(map(chr, range(ord(min(low)), ord(min(high)) + 1)))
            signs |= low
        self._at += 1
        return self._one(frozenset(signs), fits)

    def _member(self) -> tuple[frozenset[str], bool]:
        sign = self._take()
        if sign == "[" and self._next() == ":":
            raise Unsure(self._text)
        if sign != "\\":
            return frozenset(sign), True
        found, those = self._escaped()
        if not those:
            raise Unsure(self._text)
        return found, len(found) == 1

    def _repeat(self, step: Step, begun: int) -> Step:
        """Read how often a part stands, which began at `begun`."""
        counted = "{" in self._text[begun : self._at]
        times = self._times()
        if times is None:
            return step
        if self._next() == "?":  # as few as fit: the same values
            self._at += 1
        if self._times() is not None:
            raise Refused(f"{self._text[begun : self._at]!r} repeats what is repeated")
        least, most = times
        if counted and max(least, most or 0) > 1:
            raise Unsure(self._text)  # one in another: RE2 bounds what they make together
        return _many(step, least, most)

    def _times(self) -> tuple[int, int | None] | None:
        """Read a repetition; None where there is none."""
        known: dict[str, tuple[int, int | None]] = {"*": (0, None), "+": (1, None), "?": (0, 1)}
        sign = self._next()
        if sign in known:
            self._at += 1
            return known[sign]
        end = self._text.find("}", self._at)
        if sign != "{" or end < 0:
            return None
        low, comma, high = self._text[self._at + 1 : end].partition(",")
        if not _digits(low) or (high and not _digits(high)):
            return None  # as it stands
        least = int(low)
        most = int(high) if high else (None if comma else least)
        if max(least, most or 0) > _MOST or (most is not None and most < least):
            raise Refused(f"{self._text[self._at : end + 1]!r} is no number of times")
        self._at = end + 1
        return least, most


def _digits(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 10


def _many(step: Step, least: int, most: int | None) -> Step:
    """Go on by a part so often."""

    def go(text: str, places: Places) -> Places:
        for _ in range(least):
            places = step(text, places)
            if not places:
                return places
        found, new, left = places, places, most
        while new and (left is None or left > least):
            new = step(text, new) - found
            found |= new
            left = None if left is None else left - 1
        return found

    return go
