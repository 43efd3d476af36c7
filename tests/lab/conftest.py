"""The laboratory's short day, played once for all tests here, and its page at the end."""

import asyncio
import fcntl
import pickle
import sys
import time
import urllib.request
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import pytest

from metrics_page import FORMATS, Page
from proof import differences

EXAMPLE = Path(__file__).parents[2] / "examples" / "lab"
SECONDS = 10.0
SETTLES_WITHIN = 30.0
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


@pytest.fixture(scope="session")
def day(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Day:
    """The day, played by the first of pytest's processes that asks; the others wait for it."""
    folder = tmp_path_factory.getbasetemp()
    shared = folder if worker_id == "master" else folder.parent
    kept = shared / "laboratory.pickle"
    with open(shared / "laboratory.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not kept.exists():
            kept.write_bytes(pickle.dumps(_played(tmp_path_factory.mktemp("laboratory"))))
    played = pickle.loads(kept.read_bytes())
    if isinstance(played, str):
        pytest.fail(played)
    assert isinstance(played, Day)
    return played


def _played(work: Path) -> Day | str:
    """Play the day, or say why it could not be played: nobody shall try that again."""
    try:
        return _play(work)
    except Exception as error:
        return f"the day ended early: {type(error).__name__}: {error}"


def _play(work: Path) -> Day:
    clock, tally = Clock(DAYS * DAY / SECONDS), Tally()
    env = environment(work, clock, "http://127.0.0.1:9") | {
        "LABOTEL_METRICS_ACCESS": "open",
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
    request = urllib.request.Request(f"{address}/metrics", headers={"Accept": accept})
    with urllib.request.urlopen(request, timeout=20) as answer:
        assert answer.headers["Content-Type"].startswith(accept.split(";")[0])
        return str(answer.read().decode())
