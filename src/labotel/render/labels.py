"""The labels that a part of a query has, and what is known of their values."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from labotel.events.errors import nearest


@dataclass(frozen=True)
class Labels:
    """The labels of what a part of a query gives; `open` where there may be others, too.

    `maybe` are those that not each series has. `values` are those that a label may have, where they
    are known. `several` are the labels by which series differ for certain: where there is one
    series, there is another that differs from it in this label alone, as a histogram's buckets do.
    """

    names: frozenset[str] = frozenset()
    open: bool = False
    maybe: frozenset[str] = frozenset()
    values: Mapping[str, frozenset[str]] = field(default_factory=dict)
    several: frozenset[str] = frozenset()

    def __contains__(self, label: str) -> bool:
        """Tell whether a series may have this label."""
        return self.open or label in self.names

    @property
    def sure(self) -> frozenset[str]:
        """Those that each series has."""
        return self.names - self.maybe

    def only(self, names: Iterable[str]) -> "Labels":
        """Return what `by` or `on` keeps: these, as far as there are any."""
        kept = frozenset(name for name in names if name in self)
        return Labels(kept, False, kept - self.sure, self._of(kept), self.several & kept)

    def without(self, names: Iterable[str]) -> "Labels":
        """Return what `without` or `ignoring` keeps."""
        kept = self.names.difference(names)
        return Labels(kept, self.open, self.maybe & kept, self._of(kept), self.several & kept)

    def along(self, names: Iterable[str], maybe: Iterable[str] = ()) -> "Labels":
        """Return these with others beside them, of which nothing else is known."""
        made = frozenset(names)
        kept, unsure = self.names | made, (self.maybe - made).union(maybe)
        return Labels(kept, self.open, unsure, self._of(kept - made), self.several - made)

    def either(self, other: "Labels") -> "Labels":
        """Return the labels of what has these or those."""
        names = self.names | other.names
        both = self.values.keys() & other.values.keys()
        values = {label: self.values[label] | other.values[label] for label in both}
        return Labels(
            names, self.open or other.open, names - (self.sure & other.sure), values,
            self.several & other.several,
        )  # fmt: skip

    def chosen(self) -> "Labels":
        """Return those of some of the series: none of them has its like for certain."""
        return replace(self, several=frozenset())

    def missing(self, label: str, whose: str) -> list[str]:
        """Return what is wrong with asking for a label, a line where there is no such one."""
        if label in self:
            return []
        shown = ", ".join(sorted(self.names)) or "none"
        return [f"{whose} no label {label!r}{nearest(label, self.names)}; has: {shown}"]

    def _of(self, names: frozenset[str]) -> dict[str, frozenset[str]]:
        return {label: values for label, values in self.values.items() if label in names}


NONE = Labels()
"""Those of a number."""
