"""The labels that a part of a query has, as far as they are known."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Self


@dataclass(frozen=True)
class Labels:
    """The labels of what a part of a query gives; `open` where there may be others, too."""

    names: frozenset[str] = frozenset()
    open: bool = False

    def __contains__(self, label: str) -> bool:
        """Tell whether a series may have this label."""
        return self.open or label in self.names

    def only(self, names: Iterable[str]) -> "Labels":
        """Return what `by` or `on` keeps: these, as far as there are any."""
        return Labels(frozenset(name for name in names if name in self))

    def without(self, names: Iterable[str]) -> Self:
        """Return what `without` or `ignoring` keeps."""
        return type(self)(self.names.difference(names), self.open)

    def along(self, names: Iterable[str], *, open: bool = False) -> Self:  # noqa: A002  # the field's name
        """Return these with others beside them."""
        return type(self)(self.names.union(names), self.open or open)


NONE = Labels()
"""Those of a number."""
