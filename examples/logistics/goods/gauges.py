"""What is read of the database once an interval, by one process of the deployment."""

from collections.abc import Iterator
from datetime import timedelta

from django.contrib.auth import get_user_model
from django.utils import timezone

import labotel
from goods.models import Figures
from logistics.telemetry import ACTIVE_USERS, UTILIZATION


@labotel.gauge(UTILIZATION)
def utilization() -> Iterator[tuple[str, float]]:
    """Give each warehouse with what waits in it."""
    for figures in Figures.objects.all():
        yield figures.warehouse, figures.utilization


@labotel.gauge(ACTIVE_USERS)
def active_users() -> int:
    """Count who logged in within a day."""
    since = timezone.now() - timedelta(days=1)
    return get_user_model().objects.filter(last_login__gte=since).count()
