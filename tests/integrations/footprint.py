"""What an integration can leave in a process: functions put in place of others, and receivers."""

import logging
import sys
from collections.abc import Iterable
from types import ModuleType
from typing import Any

from labotel.events.gauges import suppliers

OWN = ("labotel", "integrations", "footprint", "opentelemetry.sdk")
Footprint = dict[str, int]


def footprint(modules: Iterable[str]) -> Footprint:
    """Return the identity of each function and class of these modules, and what else is joined.

    Labotel's own modules and the SDK's are left out: a process configures them for good.
    """
    found: Footprint = {}
    for name in modules:
        module = sys.modules.get(name)
        if isinstance(module, ModuleType) and not name.startswith(OWN):
            for key, value in list(vars(module).items()):
                _note(found, f"{name}.{key}", value, name)
    found["logging.root"] = logging.root.level * 100 + len(logging.root.handlers)
    found |= {f"gauge {name}": id(supplier) for name, (_, supplier) in suppliers.items()}
    return found


def _note(found: Footprint, place: str, value: Any, module: str) -> None:
    if callable(value):
        found[place] = id(value)
    if issubclass(type(value), type):  # `isinstance` would wake a lazy object
        if value.__module__ == module:
            own = {key: inner for key, inner in vars(value).items() if _is_called(inner)}
            found.update({f"{place}.{key}": id(inner) for key, inner in own.items()})
        return
    try:
        receivers = object.__getattribute__(value, "__dict__").get("receivers")
    except (AttributeError, TypeError):
        return
    if isinstance(receivers, list):  # a signal's, of Django or of Celery
        found[f"{place} receivers"] = len(receivers)


def _is_called(value: Any) -> bool:
    return callable(value) or isinstance(value, (classmethod, staticmethod, property))
