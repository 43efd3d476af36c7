"""The laboratory's page as Prometheus's own programs read it: promtool's lint, a scrape."""

import json
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from driver.processes import Children
from engines import binary
from laboratory import TOKEN, Day, play
from metrics_page import OPENMETRICS, Page
from proof import COUNTED, check_numbers, differences

from . import backends
from .prometheus import Prometheus
from .story import replace_workers

pytestmark = pytest.mark.timeout(600)

SETTLES_WITHIN = 60.0
RATED = "protocols_processing_duration_seconds"
ADVICE = {
    "protocol_age_days": 'use base unit "seconds" instead of "days"',
    "average_turnaround_time_days": 'use base unit "seconds" instead of "days"',
    "celery_worker_count": 'should not have "_count" suffix',
}
"""What promtool has to say of names that were asked for as they are; of nothing else, nothing."""


@dataclass
class Scraped:
    """A day, and what a Prometheus had of its page when it was over."""

    day: Day
    page: Page
    exemplars: list[dict[str, Any]]


def configuration(folder: Path, address: str) -> Path:
    """Write a Prometheus's configuration that scrapes the page of an address, with the token."""
    job = {
        "job_name": "lab",
        "scrape_interval": "1s",
        "authorization": {"credentials": TOKEN},
        "static_configs": [
            {"targets": [address.removeprefix("http://")], "labels": {"service_namespace": "lab"}}
        ],
    }
    file = folder / "scrape.yml"
    file.write_text(json.dumps({"scrape_configs": [job]}))  # YAML, too
    return file


@pytest.fixture(scope="module")
def scraped(tmp_path_factory: pytest.TempPathFactory) -> Scraped:
    """The day played, its web workers all replaced at its end, and the page scraped after that."""
    folder = tmp_path_factory.mktemp("scraped")
    kept: list[Any] = []

    def last(address: str, children: Children) -> None:
        replace_workers(children)
        server = backends.prometheus(folder / "prometheus", configuration(folder, address))
        server.start()
        began = time.time()
        try:
            asked = Prometheus(f"http://127.0.0.1:{server.ports[0]}")
            end = time.monotonic() + SETTLES_WITHIN
            while time.monotonic() < end:
                kept[:] = [asked.page(time.time())]
                kept.append(asked.exemplars(f"{RATED}_bucket", began - 3600, time.time()))
                if RATED in kept[0].families and kept[1]:
                    break
                time.sleep(0.5)
        finally:
            server.stop()

    day = play(folder, last)
    return Scraped(day, *kept)


def test_promtool_has_three_advices_and_no_more(scraped: Scraped) -> None:
    """Names that the laboratory asks for as they are: two in days, and one that ends in `count`."""
    command = [binary("promtool"), "check", "metrics"]
    text = scraped.day.texts["text/plain"]
    judged = subprocess.run(command, input=text, capture_output=True, text=True, check=False)
    said = dict(line.split(" ", 1) for line in (judged.stdout + judged.stderr).splitlines())
    assert said.keys() == ADVICE.keys(), judged.stdout + judged.stderr
    for name, advice in ADVICE.items():
        assert advice in said[name]


@pytest.mark.parametrize("metric", COUNTED)
def test_a_scrape_has_the_numbers(metric: str, scraped: Scraped) -> None:
    """By the driver's own count, though the processes that counted had all been replaced."""
    check_numbers(metric, scraped.page, scraped.day.tally)


def test_a_scrape_differs_in_nothing(scraped: Scraped) -> None:
    """Numbers and sums, by every label set."""
    assert list(differences(scraped.page, scraped.day.tally)) == []


def test_a_scrape_has_the_exemplars(scraped: Scraped) -> None:
    """Those of the page, by trace, span and value."""
    text = scraped.day.texts[OPENMETRICS]
    samples = Page.read(OPENMETRICS, text).families[RATED].samples
    shown = {
        (e.labels["trace_id"], e.labels["span_id"], e.value)
        for sample in samples
        if (e := sample.exemplar)
    }
    stored = {
        (e["labels"]["trace_id"], e["labels"]["span_id"], float(e["value"]))
        for e in scraped.exemplars
    }
    assert shown and stored == shown
