"""The environment of the laboratory's processes."""

import os
from pathlib import Path

from driver.clock import Clock
from driver.stories import STRICT_CLINIC

# What the caller set for OpenTelemetry or for a laboratory of their own stays out.
_OURS = ("OTEL_", "LABOTEL_", "LAB_", "DJANGO_", "CELERY_", "GUNICORN_")
RELEASE = "1.0"
"""The version of the laboratory that is played."""


def released(version: str) -> dict[str, str]:
    """Return what tells whose processes they are, and of which version."""
    said = f"service.namespace=lab,deployment.environment.name=demo,service.version={version}"
    return {"OTEL_RESOURCE_ATTRIBUTES": said}


def environment(work: Path, clock: Clock, endpoint: str) -> dict[str, str]:
    """Return the environment of processes that live in `work` and send to `endpoint`."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(_OURS)}
    return inherited | {
        "LAB_WORK": str(work),
        "LAB_CLOCK_START": str(clock.start),
        "LAB_CLOCK_SPEED": str(clock.speed),
        # A quarter of an hour passes here while somebody types: an account stays closed for longer.
        "LAB_LOCKOUT_MINUTES": str(365 * 24 * 60),
        "LAB_PASSWORD_HASHER": "django.contrib.auth.hashers.MD5PasswordHasher",
        "LAB_GREYLISTING_DOMAIN": STRICT_CLINIC,
        "DJANGO_SETTINGS_MODULE": "lab.settings",
        "LABOTEL_RUNTIME_DIR": str(work / "runtime"),
        "OTEL_EXPORTER_OTLP_ENDPOINT": endpoint,
        "OTEL_EXPORTER_OTLP_PROTOCOL": "http/protobuf",
        **released(RELEASE),
        "OTEL_METRIC_EXPORT_INTERVAL": "2000",
        "OTEL_BSP_SCHEDULE_DELAY": "500",
        "OTEL_BLRP_SCHEDULE_DELAY": "500",
        "NO_PROXY": "127.0.0.1",
        "PYTHONUNBUFFERED": "1",
    }
