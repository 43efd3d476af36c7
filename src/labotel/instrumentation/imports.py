"""Acts when the application imports a framework, and never imports one itself.

A finder of our own at the head of `sys.meta_path`: the well-kept library for it (wrapt) costs
more to import than all of labotel's declarations, because it imports asyncio.
"""

import sys
from collections.abc import Callable, Sequence
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from importlib.util import find_spec
from types import ModuleType
from typing import Any

Act = Callable[[Any], None]

_waiting: dict[str, list[Act]] = {}


def when_imported(module: str, act: Act) -> Callable[[], None]:
    """Call `act` with the module: at once where it is imported already, else when it is.

    What is returned takes back an act that still waits.
    """

    def take_back() -> None:
        left = [other for other in _waiting.pop(module, ()) if other is not act]
        if left:
            _waiting[module] = left

    present = sys.modules.get(module)
    if present is not None and not _is_loading(present):
        act(present)
        return take_back
    _waiting.setdefault(module, []).append(act)
    if _finder not in sys.meta_path:
        sys.meta_path.insert(0, _finder)
    return take_back


def _is_loading(module: ModuleType) -> bool:
    return bool(getattr(getattr(module, "__spec__", None), "_initializing", False))


class _Finder(MetaPathFinder):
    """Finds nothing itself: it lets the others find what is waited for, and wraps its loader."""

    def __init__(self) -> None:
        self._looking: set[str] = set()

    def find_spec(
        self, name: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if name not in _waiting or name in self._looking:
            return None
        self._looking.add(name)
        try:
            spec = find_spec(name)
        finally:
            self._looking.discard(name)
        if spec is not None and spec.loader is not None and hasattr(spec.loader, "exec_module"):
            spec.loader = _Telling(spec.loader)
        return spec


class _Telling(Loader):
    """Loads as the loader that it wraps does, then tells whoever waits."""

    def __init__(self, loader: Any) -> None:
        self._loader = loader

    def create_module(self, spec: ModuleSpec) -> ModuleType | None:
        made: ModuleType | None = self._loader.create_module(spec)
        return made

    def exec_module(self, module: ModuleType) -> None:
        spec = module.__spec__
        if spec is not None:
            spec.loader = self._loader  # a module looks as if nobody had waited for it
        module.__loader__ = self._loader
        self._loader.exec_module(module)
        for act in _waiting.pop(module.__name__, ()):
            act(module)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._loader, name)


_finder = _Finder()
