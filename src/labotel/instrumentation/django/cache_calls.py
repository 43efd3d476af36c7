"""The calls of Django's cache API: what each asks for, and what its end says.

A call is made of the arguments of one method. Where that method is Django's own, it may be handed
other ones, to learn how it goes: what it does with them is known. Another's gets what the
application gave, and what cannot be told from its result is not counted. What the application
gets back is what it would have got without.
"""

from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from contextvars import ContextVar
from typing import Any, ClassVar, Final

from labotel.catalogs.cache import Operation, Result

Said = tuple[Operation, Result, int]
"""(what, how it went, for how many keys)."""

inside: Final[ContextVar[Any]] = ContextVar("labotel_cache", default=None)
"""The backend whose call is under way: what it calls of itself meanwhile is a part of that call.

A context variable, as Django's asynchronous methods call the others in a thread."""

_NOTHING: Final = object()
_COUNTED: Final = (Sequence, AbstractSet, Mapping)
"""What can be counted and read again: not an iterator, which ends, nor a query set, which asks."""


class Call:
    """A call that gives back what the backend does."""

    operation: Operation
    needs_own: ClassVar[bool] = False
    """Whether nothing can be learnt of a method that is not Django's own."""

    def __init__(self, args: tuple[Any, ...], kwargs: dict[str, Any], own: bool) -> None:
        self.args, self.kwargs, self.own = args, kwargs, own

    def value(self, got: Any) -> Any:
        """Return what the application gets."""
        return got

    def done(self, got: Any) -> list[Said]:
        """Say how it went."""
        return [(self.operation, "success", 1)]

    def failed(self, error: Exception) -> list[Said]:
        """Say that it raised."""
        return [(self.operation, "failure", 1)]

    def _replace(self, place: int, name: str, new: Any) -> None:
        """Hand another argument to the backend, where this one was given at all."""
        if len(self.args) > place:
            self.args = (*self.args[:place], new, *self.args[place + 1 :])
        elif name in self.kwargs:
            self.kwargs = {**self.kwargs, name: new}

    def _given(self, place: int, name: str) -> Any:
        return self.args[place] if len(self.args) > place else self.kwargs.get(name)


class Get(Call):
    """`get`: a default that nobody else has tells a miss from a hit.

    Another's `get` may have no such parameter, or keep what it gave: there, a result that is the
    application's own default is a miss.
    """

    operation = "get"

    def __init__(self, args: tuple[Any, ...], kwargs: dict[str, Any], own: bool) -> None:
        super().__init__(args, kwargs, own)
        self._default = self._missed = self._given(1, "default")
        if own:
            self._missed = _NOTHING
            if len(args) > 1:
                self.args = (args[0], _NOTHING, *args[2:])
            else:
                self.kwargs = {**kwargs, "default": _NOTHING}

    def value(self, got: Any) -> Any:
        """Return the application's own default on a miss."""
        return self._default if got is _NOTHING else got

    def done(self, got: Any) -> list[Said]:
        """Tell a hit from a miss."""
        return [("get", "miss" if got is self._missed else "hit", 1)]


class HasKey(Call):
    """`has_key`."""

    operation = "has_key"

    def done(self, got: Any) -> list[Said]:
        """Tell a hit from a miss."""
        return [("has_key", "hit" if got else "miss", 1)]


class Set(Call):
    """`set`."""

    operation = "set"


class Clear(Call):
    """`clear`."""

    operation = "clear"


class Add(Call):
    """`add`: False where the key is there already."""

    operation = "add"

    def done(self, got: Any) -> list[Said]:
        """Tell what was added from what was there."""
        return [("add", "exists" if got is False else "success", 1)]


class Delete(Call):
    """`delete`: False where there is no such key."""

    operation: Operation = "delete"

    def done(self, got: Any) -> list[Said]:
        """Tell what was there from what was not."""
        return [(self.operation, "miss" if got is False else "success", 1)]


class Touch(Delete):
    """`touch`: False where there is no such key, too."""

    operation = "touch"


class Incr(Call):
    """`incr` and `decr`: a ValueError where there is no such key."""

    operation = "incr"

    def failed(self, error: Exception) -> list[Said]:
        """Tell that there is no such key from a failure."""
        return [("incr", "miss" if isinstance(error, ValueError) else "failure", 1)]


class _Many(Call):
    """A call with many keys, which count where they can be counted without asking anybody."""

    name = "keys"

    def __init__(self, args: tuple[Any, ...], kwargs: dict[str, Any], own: bool) -> None:
        super().__init__(args, kwargs, own)
        self.keys = self._given(0, self.name)

    def _count(self) -> int:
        return len(self.keys) if isinstance(self.keys, _COUNTED) else 0

    def done(self, got: Any) -> list[Said]:
        """Count each key."""
        return [(self.operation, "success", self._count())]

    def failed(self, error: Exception) -> list[Said]:
        """Count each key."""
        return [(self.operation, "failure", self._count())]


class _Keys(_Many):
    """An iterator of keys is read once: Django's own methods get a list of them."""

    def __init__(self, args: tuple[Any, ...], kwargs: dict[str, Any], own: bool) -> None:
        super().__init__(args, kwargs, own)
        if own and isinstance(self.keys, Iterable) and not isinstance(self.keys, _COUNTED):
            self.keys = list(self.keys)
            self._replace(0, self.name, self.keys)


class GetMany(_Keys):
    """`get_many`: each key is a `get`."""

    operation = "get"

    def done(self, got: Any) -> list[Said]:
        """Tell the keys that were found from the others."""
        if not isinstance(got, dict):  # to look into it might use it up
            return []
        if not isinstance(self.keys, _COUNTED):
            return [("get", "hit", len(got))]
        hits = sum(key in got for key in self.keys)
        return [("get", "hit", hits), ("get", "miss", len(self.keys) - hits)]


class SetMany(_Many):
    """`set_many`: each key is a `set`; the backend names those that failed."""

    operation = "set"
    name = "data"

    def done(self, got: Any) -> list[Said]:
        """Tell the keys that were set from those that were not."""
        failures = len(got) if isinstance(got, (list, tuple, set)) else 0
        return [("set", "failure", failures), ("set", "success", self._count() - failures)]


class DeleteMany(_Keys):
    """`delete_many`: each key is a `delete`; what was there is not told."""

    operation = "delete"


class GetOrSet(Call):
    """`get_or_set`: a `get` and, on a miss, an `add` of what the application gives.

    The default is handed on as a function, which Django calls on a miss alone; what the
    application does with caches in it is no part of this call. Another's method is left alone:
    what it asks of its own backend counts instead.
    """

    operation = "get"
    needs_own = True

    def __init__(self, args: tuple[Any, ...], kwargs: dict[str, Any], own: bool) -> None:
        super().__init__(args, kwargs, own)
        self._default = self._given(1, "default")
        self._missed = self._made = False
        self._replace(1, "default", self._make)

    def _make(self) -> Any:
        self._missed = True
        token = inside.set(None)
        try:
            made = self._default() if callable(self._default) else self._default
        finally:
            inside.reset(token)
        self._made = True
        return made

    def done(self, got: Any) -> list[Said]:
        """Say whether there was an `add`."""
        if self._missed:
            return [("get", "miss", 1), ("add", "success", 1)]
        return [("get", "hit", 1)]

    def failed(self, error: Exception) -> list[Said]:
        """Say what failed: the `get`, the application's default (no call of ours), or the `add`."""
        if not self._missed:
            return [("get", "failure", 1)]
        return [("get", "miss", 1), ("add", "failure", 1)] if self._made else [("get", "miss", 1)]


CALLS: Final[dict[str, type[Call]]] = {
    "get": Get, "has_key": HasKey, "set": Set, "add": Add, "delete": Delete, "touch": Touch,
    "incr": Incr, "decr": Incr, "clear": Clear, "get_many": GetMany, "set_many": SetMany,
    "delete_many": DeleteMany, "get_or_set": GetOrSet,
}  # fmt: skip
