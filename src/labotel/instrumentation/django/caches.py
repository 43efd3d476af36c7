"""An event for each use of Django's caches, whatever the backend.

A backend that Django makes gets a class of its own, below its backend's: the same name and all of
its behaviour, but that calls from outside are counted. What a backend calls of itself is not, and
no class of the application's or of Django's is changed.
"""

from collections.abc import Callable
from functools import partial
from inspect import getattr_static, iscoroutinefunction
from typing import Any, Final

from labotel.catalogs.cache import CacheUsed
from labotel.events.dispatch import tell
from labotel.instrumentation.django.cache_calls import CALLS, Call, Said, inside
from labotel.instrumentation.django.handlers import initialized
from labotel.instrumentation.made import Made

_DJANGOS: Final = "django.core.cache.backends."
_MAKERS: Final = ("__newobj__", "__newobj_ex__")
"""copyreg's functions that pickle, by their names, allows with an object's present class alone."""


class CacheObserver:
    """Observes the backends that Django makes; `connect` and `disconnect` it."""

    def __init__(
        self, is_own_thread: Callable[[], bool], fault: Callable[[str, BaseException], None]
    ) -> None:
        self._is_own_thread = is_own_thread
        self._fault = fault
        self._handler: Any = None
        self._original: Any = None
        self._classes: dict[tuple[type, str], type] = {}
        self._backends = Made()

    def connect(self, caches: Any) -> None:
        """Observe the backends that this thread has and all that `django.core.cache` will make."""
        if self._handler is not None:
            return
        self._handler = handler = caches.CacheHandler
        self._original = original = handler.create_connection
        observe = self._observe

        def create_connection(this: Any, alias: str) -> Any:
            backend = original(this, alias)
            observe(alias, backend)
            return backend

        handler.create_connection = create_connection
        for alias, backend in initialized(caches.caches).items():
            observe(alias, backend)

    def disconnect(self) -> None:
        """Give the handler its method and the backends their classes back."""
        if self._handler is None:
            return
        self._handler.create_connection = self._original
        made = set(self._classes.values())
        for backend in self._backends:
            if type(backend) in made:
                backend.__class__ = type(backend).__bases__[0]
        self._backends.clear()
        self._handler = None

    def _observe(self, alias: str, backend: Any) -> None:
        try:
            kind = type(backend)
            if kind in self._classes.values():  # a handler that gives one backend to every thread
                return
            made = self._classes.get((kind, alias))
            if made is None:
                made = self._classes.setdefault((kind, alias), self._below(kind, alias))
            self._backends.add(backend)
            backend.__class__ = made
        except Exception as error:  # a backend with slots: it stays as it is
            self._fault("cache_backend", error)

    def _below(self, kind: type, alias: str) -> type:
        """Return a class below a backend's that counts its calls for an alias."""
        members: dict[str, Any] = {
            name: vars(kind).get(name, getattr(kind, name))
            for name in ("__module__", "__qualname__", "__doc__")
        }
        members["__reduce_ex__"] = _reducing_as(kind)
        for name, call in CALLS.items():
            methods = (name, f"a{name}")
            own = all(_is_djangos(kind, method) for method in methods)
            if call.needs_own and not own:
                continue
            for method in methods:
                raw = getattr_static(kind, method, None)
                if callable(raw) and not isinstance(raw, (staticmethod, classmethod)):
                    members[method] = self._counted(alias, call, own, getattr(kind, method))
        return type(kind)(kind.__name__, (kind,), members)

    def _counted(self, alias: str, kind: type[Call], own: bool, original: Any) -> Any:
        said = self._said

        def counted(this: Any, *args: Any, **kwargs: Any) -> Any:
            if inside.get() is this:
                return original(this, *args, **kwargs)
            call = kind(args, kwargs, own)
            token = inside.set(this)
            try:
                got = original(this, *call.args, **call.kwargs)
            except Exception as error:
                said(alias, call.failed, error)
                raise
            finally:
                inside.reset(token)
            said(alias, call.done, got)
            return call.value(got)

        async def counted_async(this: Any, *args: Any, **kwargs: Any) -> Any:
            if inside.get() is this:
                return await original(this, *args, **kwargs)
            call = kind(args, kwargs, own)
            token = inside.set(this)
            try:
                got = await original(this, *call.args, **call.kwargs)
            except Exception as error:
                said(alias, call.failed, error)
                raise
            finally:
                inside.reset(token)
            said(alias, call.done, got)
            return call.value(got)

        return counted_async if iscoroutinefunction(original) else counted

    def _said(self, alias: str, say: Callable[[Any], list[Said]], end: Any) -> None:
        try:
            if self._is_own_thread():
                return
            for operation, result, keys in say(end):
                if keys > 0:
                    tell(CacheUsed(cache_type=alias, operation=operation, result=result, keys=keys))
        except Exception as error:
            self._fault("cache_used", error)


def _is_djangos(kind: type, method: str) -> bool:
    """Tell whether a method, if there is one, is Django's own, which no heir has overridden."""
    owner = next((base for base in kind.__mro__ if method in vars(base)), None)
    return owner is None or owner.__module__.startswith(_DJANGOS)


def _reducing_as(kind: type) -> Callable[[Any, Any], Any]:
    """Return a `__reduce_ex__` by which a pickle or a copy of a backend is of its own class."""
    original: Any = kind.__reduce_ex__

    def __reduce_ex__(this: Any, protocol: Any) -> Any:  # noqa: N807 # it becomes that method
        reduced: Any = original(this, protocol)
        if not isinstance(reduced, tuple):
            return reduced
        made = type(this)
        make, given, *more = reduced
        given = tuple(kind if part is made else part for part in given)
        if getattr(make, "__name__", "") in _MAKERS:
            return partial(make, *given), (), *more
        return kind if make is made else make, given, *more

    return __reduce_ex__
