"""Every event that is declared in this process: one name, one meaning."""

import gc
import re
import weakref
from typing import Final

from labotel.events.errors import DeclarationError

EVENT_NAME: Final = re.compile(r"[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)*")

Signatures = dict[str, tuple[object, ...]]

_classes: "weakref.WeakValueDictionary[str, type]" = weakref.WeakValueDictionary()
_metrics: dict[str, list[tuple["weakref.ref[type]", tuple[object, ...]]]] = {}


def _same_place(a: type, b: type) -> bool:
    """Tell whether `b` is `a` declared again (a reload, a notebook's cell)."""
    return (a.__module__, a.__qualname__) == (b.__module__, b.__qualname__)


def _living(metric: str, cls: type) -> list[tuple[type, tuple[object, ...]]]:
    pairs = [(ref(), signature) for ref, signature in _metrics.get(metric, ())]
    return [(c, s) for c, s in pairs if c is not None and not _same_place(c, cls)]


def _conflict(cls: type, name: str, signatures: Signatures) -> str | None:
    known = _classes.get(name)
    if known is not None and not _same_place(known, cls):
        return f"{cls.__name__}: the event name {name!r} is taken by {known.__qualname__}"
    for metric, (kind, by, buckets) in signatures.items():
        for other, signature in _living(metric, cls):
            if signature != (kind, by, buckets):
                return (
                    f"{cls.__name__}: {metric} is declared by {other.__qualname__} as a "
                    f"{signature[0]} by {signature[1]}; here as a {kind} by {by}"
                    f"{' with other buckets' if signature[:2] == (kind, by) else ''}. "
                    "One name has one kind, one set of labels and one set of buckets"
                )
        for part in ("bucket", "sum", "count"):
            base, series = metric.removesuffix(f"_{part}"), f"{metric}_{part}"
            bases = [*_living(base, cls), *[(cls, s) for m, s in signatures.items() if m == base]]
            clash = base != metric and any(s[0] == "histogram" for _, s in bases)
            if clash or (kind == "histogram" and _living(series, cls)):
                return f"{cls.__name__}: {metric} and the series of a histogram have one name"
    return None


def register(cls: type, name: str, signatures: Signatures) -> None:
    """Enter an event class; raise DeclarationError where a name has two meanings."""
    if _conflict(cls, name, signatures):
        gc.collect()  # a class that nobody holds any more still stands here until then
        problem = _conflict(cls, name, signatures)
        if problem:
            raise DeclarationError(problem)
    _classes[name] = cls
    for metric, signature in signatures.items():
        living = [(ref, s) for ref, s in _metrics.get(metric, ()) if ref() is not None]
        _metrics[metric] = [*living, (weakref.ref(cls), signature)]


def metrics() -> set[str]:
    """Return the names of the metrics that living event classes declare."""
    return {name for name in _metrics if declaring(name)}


def declaring(metric: str) -> list[type]:
    """Return the living event classes that declare a metric."""
    return [cls for ref, _ in _metrics.get(metric, ()) if (cls := ref()) is not None]
