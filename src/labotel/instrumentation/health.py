"""The health of a process, by the checks of what it uses."""

from collections.abc import Iterable, Mapping
from typing import Any

from labotel.instrumentation.celery.brokers import checks as celery
from labotel.instrumentation.django.health import checks as django
from labotel.pages import disks, resources
from labotel.pages.defaults import DEFAULTS
from labotel.pages.health import Check, Maker, Settings
from labotel.pages.runner import Health

engines: list[Maker] = []
"""Checks of what an application handed over (SQLAlchemy's engines)."""


def of(settings: Settings, *more: Maker) -> Health:
    """Return the health by these settings."""
    return Health(settings, [django, celery, _given, disks.checks, resources.checks, *more])


def by_default() -> Health:
    """Return the health where labotel is not configured."""
    return of(lambda: DEFAULTS)


def _given(settings: Mapping[str, Any]) -> Iterable[Check]:
    return [check for maker in list(engines) for check in maker(settings)]
