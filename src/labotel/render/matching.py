"""Two sides of an operator: what comes out of them, and whether they can ever match.

By Prometheus's documentation ("Operators", "Vector matching"). What fails for certain is refused;
what depends on the data is not: `tests/stack/test_matching.py` asks Prometheus. Series of one side
are several for certain where a histogram's buckets are (`Labels.several`).
"""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any, Final

import promql_parser as parser

from labotel.render.labels import Labels

_COMPARISONS: Final = ("==", "!=", ">", "<", ">=", "<=")
_SETS: Final = ("and", "or", "unless")
_ONE: Final = parser.VectorMatchCardinality.OneToOne
_RIGHT: Final = parser.VectorMatchCardinality.OneToMany
"""With ``group_right``: the many stand on the right."""


class Match:
    """An operator between two vectors: `labels` are those of what comes out."""

    def __init__(self, node: Any, left: Labels, right: Labels) -> None:
        modifier = node.modifier
        matching = modifier.matching if modifier is not None else None
        self._operator = str(node.op)
        self._on = matching is not None and matching.type == parser.LabelModifierType.Include
        self._named = frozenset(matching.labels) if matching is not None else frozenset[str]()
        self._card = modifier.card if modifier is not None else _ONE
        self._sides = {"left": left, "right": right}
        extra = (modifier.group_labels if modifier is not None else None) or ()
        self._extra = frozenset(extra)
        self.problems = [
            *self._not_there(), *self._never(), *(self._many() if self._is_arithmetic() else ()),
        ]  # fmt: skip
        self.labels = self._result(filters(node))

    def _is_arithmetic(self) -> bool:
        return self._operator not in _SETS

    def _kept(self, side: Labels) -> Labels:
        """Return the labels that must be alike on both sides."""
        return side.only(self._named) if self._on else side.without(self._named)

    def _not_there(self) -> Iterator[str]:
        for label in sorted(self._named) if self._on else ():
            for name, side in self._sides.items():
                yield from side.missing(label, f"the {name} side of {self._operator} has")

    def _never(self) -> Iterator[str]:
        """Say why no series of one side is ever that of the other."""
        left, right = map(self._kept, self._sides.values())
        apart = (left.sure - right.names) | (right.sure - left.names)
        if self._operator == "or":
            return
        if not self._on and not left.open and not right.open and apart:
            yield (
                f"the sides of {self._operator} never match: one alone has "
                f"{', '.join(sorted(apart))}; use on(...) or ignoring(...)"
            )
        for label in sorted(left.values.keys() & right.values.keys()):
            alone = label not in left.sure | right.sure  # none of them may have it
            alike = left.values[label] & right.values[label]
            if not alike and not alone and self._operator != "unless":
                these, those = (", ".join(sorted(s.values[label])) for s in (left, right))
                yield (
                    f"the sides of {self._operator} never match: {label} is {these} on the left "
                    f"and {those} on the right; leave it out by ignoring(...)"
                )

    def _many(self) -> Iterator[str]:
        """Say where Prometheus finds many series for one."""
        many, one = ("right", "left") if self._card == _RIGHT else ("left", "right")
        for name in (one,) if self._card != _ONE else ("right", "left"):
            side = self._sides[name]
            for label in sorted(side.several - self._kept(side).names):
                yield (
                    f"the {name} side of {self._operator} has several series where one must stand: "
                    f"they differ in {label} alone; add it up, choose one value, or match by it"
                )
        if self._card != _ONE:
            side = self._sides[many]
            for label in sorted((side.several & self._extra) - self._kept(side).names):
                yield (
                    f"the {many} side of {self._operator} has several series that differ in "
                    f"{label} alone, which the one side gives: they would be one"
                )
            for label in sorted(self._extra):
                yield from self._sides[one].missing(label, "the one side of the group has")

    def _result(self, filtering: bool) -> Labels:
        left, right = self._sides.values()
        if self._operator == "or":
            return left.either(right) if not self._on else left.either(right).chosen()
        if self._operator in _SETS:
            return left.chosen()
        if self._card == _ONE:
            found = self._kept(left)
        else:
            found = right if self._card == _RIGHT else left
        matched = self._kept(left)
        # Of a matched label there is what both sides have; all of it, where they have all of it.
        both = {
            label: left.values[label] & right.values[label]
            for label in left.values.keys() & right.values.keys()
            if label in matched
        }
        alike = left.several & right.several
        several = {
            label
            for label in found.several
            if label not in matched or (label in alike and len(both.get(label, ())) > 1)
        }
        values = {**found.values, **{label: some for label, some in both.items() if some}}
        made = replace(found, values=values, several=frozenset(() if filtering else several))
        if self._card == _ONE:
            return made
        one = left if self._card == _RIGHT else right
        taken = self._extra - matched.names  # of a matched one the value is the same
        given = one.only(taken)
        return made.without(taken).along(given.names, given.maybe)


def filters(node: Any) -> bool:
    """Tell whether an operator leaves series out by their values."""
    returns_bool = node.modifier is not None and node.modifier.return_bool
    return str(node.op) in _COMPARISONS and not returns_bool
