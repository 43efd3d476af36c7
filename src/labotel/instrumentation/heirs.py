"""Methods of a base class and of all its heirs, each with something of labotel's around it.

Heirs override what their base only promises, and most are defined after labotel is configured:
Python tells the base of each by `__init_subclass__`.
"""

from collections.abc import Callable, Iterable
from types import FunctionType
from typing import Any

Fault = Callable[[str, BaseException], None]

_TOLD = "__init_subclass__"


class Heirs:
    """These methods of a base and its heirs, wherever one has its own; `connect` and `disconnect`.

    `around` makes what stands in a function's place.
    """

    def __init__(self, names: Iterable[str], around: Callable[[Any], Any], fault: Fault) -> None:
        self._names = tuple(names)
        self._around = around
        self._fault = fault
        self._wrapped: list[tuple[type, str, Any, Any]] = []
        self._base: Any = None
        self._hook: Any = None

    def connect(self, base: Any) -> None:
        """Wrap the methods of this class, of all its heirs, and of those to come."""
        if self._base is not None:
            return
        self._base = base
        for kind in _family(base):
            self._wrap(kind)
        self._listen(base)

    def disconnect(self) -> None:
        """Give each class its own methods back, unless somebody else's wrapping stands on one."""
        if self._base is None:
            return
        own, made = self._hook
        if vars(self._base).get(_TOLD) is made:
            if own is None:
                delattr(self._base, _TOLD)
            else:
                setattr(self._base, _TOLD, own)
        while self._wrapped:
            kind, name, original, made = self._wrapped.pop()
            if vars(kind).get(name) is made:
                setattr(kind, name, original)
        self._base = self._hook = None

    def _listen(self, base: Any) -> None:
        own = vars(base).get(_TOLD)
        wrap, connected = self._wrap, self

        def __init_subclass__(cls: Any, /, **kwargs: Any) -> None:  # noqa: N807 # it becomes that
            behind = super(base, cls).__init_subclass__ if own is None else own.__get__(None, cls)
            behind(**kwargs)
            if connected._base is base:
                wrap(cls)

        made = classmethod(__init_subclass__)
        setattr(base, _TOLD, made)
        self._hook = own, made

    def _wrap(self, kind: type) -> None:
        for name in self._names:
            try:
                original = vars(kind).get(name)
                if isinstance(original, FunctionType):
                    made = self._around(original)
                    setattr(kind, name, made)
                    self._wrapped.append((kind, name, original, made))
            except Exception as error:  # a metaclass may refuse
                self._fault(f"wrap_{name}", error)


def _family(kind: type) -> dict[type, None]:
    """Return a class and all below it, each once."""
    found: dict[type, None] = {kind: None}
    heirs: list[type] = type.__subclasses__(kind)
    for heir in heirs:
        found |= _family(heir)
    return found
