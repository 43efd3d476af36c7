"""The laboratory's short day, played for real by its driver, and its page at the end."""

import asyncio
import sys
import time
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from metrics_page import FORMATS, Page
from proof import differences

EXAMPLE = Path(__file__).parents[1] / "examples" / "lab"
SECONDS = 10.0
SETTLES_WITHIN = 30.0
TOKEN = "sesame"
"""What opens the page."""
READING = 0.5
"""Seconds between two readings of what is exported: what is late is there after two of them."""

# At the end: `tests` and `lab` are packages there too. What is imported below is found there.
sys.path.append(str(EXAMPLE))

from driver.clock import DAY, Clock  # noqa: E402
from driver.day import play_weeks  # noqa: E402
from driver.environment import environment  # noqa: E402
from driver.processes import (  # noqa: E402
    Children,
    open_laboratory,
    start_web,
    start_worker,
)
from driver.scene import Scene  # noqa: E402
from driver.stories import DAYS, TOLD  # noqa: E402
from driver.tally import Tally  # noqa: E402

Last = Callable[[str, Children], None]


@dataclass(frozen=True)
class Day:
    """What the driver counted, and what the page said."""

    tally: Tally
    settled: str
    """The page, in Prometheus' format, at the moment when it agreed with the driver."""
    texts: dict[str, str]
    """The page two readings later, in each format: it should be the same."""
    seconds: float
    """How long the day was here."""

    @cached_property
    def pages(self) -> list[Page]:
        """The page in each format, read once: it is long."""
        return [Page.read(accept, text) for accept, text in self.texts.items()]

    @cached_property
    def before(self) -> Page:
        """The page at the moment when it agreed."""
        return Page.read("text/plain", self.settled)


def _nothing(address: str, children: Children) -> None:
    """Do nothing at the end of a day."""


def play(work: Path, last: Last = _nothing) -> Day:
    """Play the day; `last` is called with the web's address while everything still runs."""
    clock, tally = Clock(DAYS * DAY / SECONDS), Tally()
    env = environment(work, clock, "http://127.0.0.1:9") | {
        "LABOTEL_METRICS_TOKEN": TOKEN,
        # The page is the only way out: it must hold everything.
        "OTEL_METRICS_EXPORTER": "prometheus",
        "OTEL_TRACES_EXPORTER": "none",
        "OTEL_LOGS_EXPORTER": "none",
        "OTEL_METRIC_EXPORT_INTERVAL": str(int(READING * 1000)),
    }
    with Children(work, env, service="lab") as children:
        open_laboratory(children)
        start_worker(children)
        address = start_web(children)
        scene = Scene(address, clock, tally, work, children)
        asyncio.run(play_weeks(scene, list(TOLD), lambda: None))
        seconds = clock.days() * DAY / clock.speed
        settled = _settle(address, tally)
        time.sleep(2 * READING)
        texts = {accept: _scrape(address, accept) for accept in FORMATS}
        last(address, children)
    return Day(tally, settled, texts, seconds)


def _settle(address: str, tally: Tally) -> str:
    """Wait until the page has the driver's numbers: the last task, the gauges' next reading.

    Where it never does, the tests say by name what is missing.
    """
    end = time.monotonic() + SETTLES_WITHIN
    while True:
        text = _scrape(address, "text/plain")
        page = Page.read("text/plain", text)
        if not list(differences(page, tally)) or time.monotonic() > end:
            return text
        time.sleep(0.2)


def _scrape(address: str, accept: str) -> str:
    headers = {"Accept": accept, "Authorization": f"Bearer {TOKEN}"}
    request = urllib.request.Request(f"{address}/metrics", headers=headers)
    with urllib.request.urlopen(request, timeout=20) as answer:
        assert answer.headers["Content-Type"].startswith(accept.split(";")[0])
        return str(answer.read().decode())
