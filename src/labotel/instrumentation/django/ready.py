"""Tells when Django's apps are ready: only then are its settings sure to be complete."""

from collections.abc import Callable
from typing import Any

from labotel.instrumentation.imports import when_imported


def when_ready(act: Callable[[], None]) -> None:
    """Call `act` once, after Django has populated its app registry; never where it has none."""

    def watch(registry: Any) -> None:
        original = registry.Apps.populate
        said = False

        def populate(apps: Any, installed: Any = None) -> None:
            nonlocal said
            original(apps, installed)
            if apps is registry.apps and apps.ready and not said:
                said = True
                registry.Apps.populate = original
                act()

        registry.Apps.populate = populate

    when_imported("django.apps.registry", watch)
