"""Tells when Django's apps are ready: only then are its settings sure to be complete."""

import sys
from collections.abc import Callable
from typing import Any

from labotel.instrumentation.imports import when_imported

_acts: list[Callable[[], None]] = []


def when_ready(act: Callable[[], None]) -> Callable[[], None]:
    """Call `act` once, after Django has populated its app registry; never where it has none.

    What is returned takes back an act that still waits.
    """

    def watch(registry: Any) -> None:  # one of its own, that can be taken back alone
        _watch(registry)

    _acts.append(act)
    stop = when_imported("django.apps.registry", watch)

    def take_back() -> None:
        stop()
        if act in _acts:
            _acts.remove(act)

    return take_back


def _watch(registry: Any) -> None:
    """Wrap the registry's method until it has done its work; once, however many wait."""
    original = registry.Apps.populate
    if original.__module__ == __name__:
        return

    def populate(apps: Any, installed: Any = None) -> None:
        original(apps, installed)
        if apps is registry.apps and apps.ready:
            if registry.Apps.populate is populate:  # else somebody else's wrapping stands on it
                registry.Apps.populate = original
            while _acts:
                _acts.pop(0)()

    registry.Apps.populate = populate


def is_ready() -> bool:
    """Tell whether Django's apps are ready."""
    apps = sys.modules.get("django.apps")
    return apps is not None and bool(apps.apps.ready)


def is_loading() -> bool:
    """Tell whether they are about to be."""
    apps = sys.modules.get("django.apps")
    return apps is not None and bool(apps.apps.loading)


def settings() -> dict[str, Any]:
    """Return what labotel is told by Django's settings; nothing where they are not known yet."""
    conf = sys.modules.get("django.conf")
    if conf is None or not conf.settings.configured:
        return {}
    names = ("LABOTEL", "DEBUG")
    return {name: getattr(conf.settings, name, None) for name in names}
