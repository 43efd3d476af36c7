"""Spans that take anything: what the SDK's own raise for stays with labotel.

The SDK follows an attribute's value however deep it goes, and prints an exception by its own
`__str__`; both raise into the application, the second in place of the exception it was told of.
"""

from collections.abc import Callable
from functools import cache
from typing import Any, Final

from opentelemetry.trace import Span

from labotel.signals.spans import Fault

_SAID: Final = ("set_attribute", "set_attributes", "add_event", "add_link", "set_status",
                "update_name", "record_exception", "end")  # fmt: skip


def guarded(span: Span, fault: Fault) -> Span:
    """Return the span itself, which raises no more; `fault` counts what it could not take."""
    kind = type(span)
    if not hasattr(span, "__dict__") or kind.__name__.startswith("Guarded"):
        return span
    if span.is_recording():
        span.__class__ = _guarded(kind)
        span.__dict__["_fault"] = fault
    return span


@cache
def _guarded(kind: type[Span]) -> type[Span]:
    """Return a subclass whose methods keep what they raise; once for each class of spans."""
    methods = {name: _kept(getattr(kind, name)) for name in _SAID if hasattr(kind, name)}
    methods["__exit__"] = _kept(kind.__exit__, after=kind.end)
    return type(f"Guarded{kind.__name__}", (kind,), methods)


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
