"""Checks of the brokers of this process's Celery apps."""

from collections.abc import Iterable, Mapping
from functools import partial
from typing import Any

from labotel.instrumentation.celery.queues import TIMEOUT, apps
from labotel.pages.health import Check, Finding


def checks(settings: Mapping[str, Any]) -> Iterable[Check]:
    """Give a check of each app's broker; of one app it is called `broker`."""
    asked = [app for app in apps() if app.conf.broker_read_url and not app.conf.task_always_eager]
    for number, app in enumerate(asked):
        name = "broker" if number == 0 else f"broker:{app.main or number}"
        yield Check(name, partial(_broker, app))


def _broker(app: Any) -> Finding:
    with app.connection_for_read(connect_timeout=TIMEOUT, heartbeat=0) as connection:
        connection.ensure_connection(
            max_retries=1, interval_start=0, interval_step=0, interval_max=0, timeout=TIMEOUT
        )
        return Finding("healthy", f"{connection.transport_cls} answers")
