"""Spans that take anything: what the SDK's own raise for stays with labotel.

The SDK follows an attribute's value however deep it goes, and prints an exception by its own
`__str__`; both raise into the application, the second in place of the exception it was told of.
"""

from collections.abc import Callable
from typing import Any, Final

from opentelemetry import trace
from opentelemetry.sdk.trace import Span

from labotel.signals.spans import Fault

_SAID: Final = ("set_attribute", "set_attributes", "add_event", "add_link", "set_status",
                "update_name", "record_exception", "end")  # fmt: skip


_kinds: dict[type, type | None] = {}
"""Each class of spans -> the one that guards it; None where none is needed."""


def guarded(span: trace.Span, fault: Fault) -> trace.Span:
    """Return the span itself, which raises no more; `fault` counts what it could not take."""
    kind = type(span)
    guard = _kinds[kind] if kind in _kinds else _guard(kind)
    if guard is not None:
        own: Any = span
        own.__class__, own._fault = guard, fault
    return span


def _guard(kind: type) -> type | None:
    """Return a subclass of an SDK's span whose methods keep what they raise; None for others."""
    guard = None
    if issubclass(kind, Span):
        methods = {name: _kept(getattr(kind, name)) for name in _SAID}
        methods["__exit__"] = _kept(kind.__exit__, after=kind.end)
        guard = type(f"Guarded{kind.__name__}", (kind,), methods)
        _kinds[guard] = None
    _kinds[kind] = guard
    return guard


def _kept(
    method: Callable[..., Any], after: Callable[[Any], None] | None = None
) -> Callable[..., None]:
    def said(self: Any, /, *args: Any, **kwargs: Any) -> None:
        try:
            method(self, *args, **kwargs)
        except Exception as error:
            self._fault("span", error)
            if after is not None:
                after(self)

    said.__name__, said.__doc__ = method.__name__, method.__doc__
    return said
