"""An alert goes all the way: from a fault of the laboratory to who is told, and that it is over."""

import json
import time
import urllib.request
from typing import Any

import pytest

from driver.clock import Clock
from driver.processes import Children, start_web, start_worker
from labotel.export.wake import wait_until

from .stack import Stack
from .story import Story, environment_of

pytestmark = pytest.mark.timeout(600)

FIRES_WITHIN = 180.0
"""A minute that it must hold, the rules' interval and what Prometheus looks back; and a busy CI."""


def told(stack: Stack, status: str) -> list[dict[str, Any]]:
    """Return the alerts of a status that the webhook was told of."""
    bodies = [json.loads(body) for _, body in list(stack.alerts.bodies)]
    return [alert for body in bodies for alert in body["alerts"] if alert["status"] == status]


def of(stack: Stack, status: str, alert: str, **labels: str) -> dict[str, Any] | None:
    """Return what was told of an alert with these labels."""
    wanted = {"alertname": alert, "service_namespace": "lab"} | labels
    for one in told(stack, status):
        if wanted.items() <= one["labels"].items():
            return one
    return None


def test_who_is_told_hears_what_is_gone_and_that_it_is_back(stack: Stack, story: Story) -> None:
    """When the two weeks are over nothing of the laboratory runs; then its parts come back."""
    down = {"alert": "ServiceDown", "service_name": "django-app"}
    wait_until(lambda: of(stack, "firing", "TelemetryAbsent") is not None, FIRES_WITHIN)
    alert = of(stack, "firing", "TelemetryAbsent")
    assert alert is not None, told(stack, "firing")
    assert alert["annotations"] == {
        "summary": "No application of lab in demo sends anything: "
        "nothing of what follows from its metrics can be trusted",
        "runbook_url": "docs/runbooks/TelemetryAbsent.md",
    }
    # What is gone with all the rest is not told on its own.
    assert of(stack, "firing", **down) is None
    with Children(story.home, environment_of(stack, story.home, Clock(1.0))) as children:
        start_worker(children, processes=1)
        wait_until(lambda: of(stack, "resolved", "TelemetryAbsent") is not None, FIRES_WITHIN)
        assert of(stack, "resolved", "TelemetryAbsent") is not None, told(stack, "resolved")
        wait_until(lambda: of(stack, "firing", **down) is not None, FIRES_WITHIN)
        alert = of(stack, "firing", **down)
        assert alert is not None, told(stack, "firing")
        assert alert["labels"]["severity"] == "critical"
        assert alert["annotations"] == {
            "summary": "django-app sends nothing, and answered requests within the last week",
            "runbook_url": "docs/runbooks/ServiceDown.md",
        }
        start_web(children, workers=1, port=stack.nginx.ports[1])
        until = time.monotonic() + FIRES_WITHIN
        while of(stack, "resolved", **down) is None and time.monotonic() < until:
            urllib.request.urlopen(f"{stack.entrance}/", timeout=30).close()
            time.sleep(1)
        assert of(stack, "resolved", **down) is not None
