"""An alert goes all the way: from a fault of the laboratory to who is told, and that it is over."""

import json
import time
import urllib.request
from typing import Any

import pytest

from driver.clock import Clock
from driver.processes import Children, start_web
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


def down(stack: Stack, status: str) -> dict[str, Any] | None:
    """Return what was told of the web being down."""
    for alert in told(stack, status):
        labels = alert["labels"]
        if (labels["alertname"], labels.get("service_name")) == ("ServiceDown", "django-app"):
            return alert
    return None


def test_who_is_told_hears_that_the_web_is_gone_and_that_it_is_back(
    stack: Stack, story: Story
) -> None:
    """When the two weeks are over nothing of the laboratory runs."""
    wait_until(lambda: down(stack, "firing") is not None, FIRES_WITHIN)
    alert = down(stack, "firing")
    assert alert is not None, told(stack, "firing")
    assert alert["labels"]["severity"] == "critical"
    assert alert["labels"]["service_namespace"] == "lab"
    assert alert["annotations"] == {
        "summary": "django-app sends nothing, and answered requests within the last week",
        "runbook_url": "docs/runbooks/ServiceDown.md",
    }
    with Children(story.home, environment_of(stack, story.home, Clock(1.0))) as children:
        start_web(children, workers=1, port=stack.nginx.ports[1])
        until = time.monotonic() + FIRES_WITHIN
        while down(stack, "resolved") is None and time.monotonic() < until:
            urllib.request.urlopen(f"{stack.entrance}/", timeout=30).close()
            time.sleep(1)
        assert down(stack, "resolved") is not None
