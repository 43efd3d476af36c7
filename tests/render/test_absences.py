"""What is gone: a rule that remembers what was there, and the alert that looks at both."""

from typing import Any

import pytest
import yaml

from labotel import Catalog, DeclarationError
from labotel.catalogs.builtin import BUILT_IN
from labotel.events.catalog import Absence
from labotel.events.panels import logs
from labotel.render.declared import of
from labotel.render.files import RenderError, files

WORKERS = Absence(
    "TillWorkersGone", "celery_worker_count > 0", "critical", "None for {{ $value }} s", for_="3m",
    by=("service_name", "worker_type"),
)  # fmt: skip


def rules(*alerts: Absence) -> list[dict[str, Any]]:
    """Return the rules of a catalogue with these, in the order in which they are evaluated."""
    made = files(BUILT_IN, [Catalog("shop", alerts=alerts)])["prometheus/rules/shop.yml"]
    [group] = yaml.safe_load(made)["groups"]
    return list(group["rules"])


def test_it_is_remembered_before_it_is_looked_at() -> None:
    """In one group, so at one moment; the alert is one as all others are."""
    remembers, alert = rules(WORKERS)
    name = "seen:till_workers_gone:timestamp_seconds"
    there = "group by (service_name, worker_type) (celery_worker_count > 0)"
    assert remembers == {
        "record": name,
        "expr": f"time() + 0 * {there}\nor\nlast_over_time({name}[1d]) > time() - {7 * 86400}",
    }
    assert alert == {
        "alert": "TillWorkersGone",
        "expr": f"time() - {name}\nunless\n{there}",
        "for": "3m",
        "labels": {"severity": "critical"},
        "annotations": {
            "summary": "None for {{ $value }} s",
            "runbook_url": "docs/runbooks/TillWorkersGone.md",
        },
    }


def test_what_shows_that_it_is_there_may_be_another_thing() -> None:
    """A server that nobody asks is not down."""
    here = 'labotel_queued{signal="logs"}'
    asked = Absence("A", "rate(http_requests_total[5m]) > 0", "warning", "x", by=["job"], here=here)  # type: ignore[arg-type]
    remembers, alert = rules(asked)
    assert "group by (job) (rate(http_requests_total[5m]) > 0)" in remembers["expr"]
    assert alert["expr"].endswith(f"unless\ngroup by (job) ({here})")


def test_its_series_may_be_named_and_has_its_labels() -> None:
    """By other alerts and by panels; `labotel diff` knows it as a rule."""
    made = of([Catalog("shop", alerts=[WORKERS])])
    assert made.recorded == {
        "seen:till_workers_gone:timestamp_seconds": ("service_name", "worker_type")
    }


@pytest.mark.parametrize(
    ("keywords", "says"),
    [
        ({"by": ("verb",)}, "what group adds up has no label 'verb'"),
        ({"by": ("job",), "expression": "no_total > 0"}, "no catalogue emits 'no_total'"),
        ({"by": ("job",), "here": "no_total"}, "no catalogue emits 'no_total'"),
    ],
)
def test_what_does_not_fit_is_named(keywords: dict[str, Any], says: str) -> None:
    """With the alert and the rule."""
    given = {"name": "Gone", "expression": "http_requests_total", "severity": "warning"}
    with pytest.raises(RenderError) as caught:
        rules(Absence(**(given | {"summary": "x"} | keywords)))
    assert f"alert Gone (shop-alerts): {says}" in str(caught.value) or (
        f"recording rule seen:gone:timestamp_seconds (shop-alerts): {says}" in str(caught.value)
    )


@pytest.mark.parametrize(
    ("keywords", "says"),
    [
        ({}, r"Gone: by=\(\) must be a tuple of labels"),
        ({"by": "job"}, "Gone: by='job' must be a tuple of labels"),
        ({"by": ("job",), "severity": "page"}, "Gone: severity='page'"),
        ({"by": ("job",), "expression": logs("x")}, "Gone: an absence is of metrics"),
    ],
)
def test_a_wrong_one_is_refused(keywords: dict[str, Any], says: str) -> None:
    """With its name, the value and what is allowed."""
    given = {"name": "Gone", "expression": "a_total", "severity": "warning", "summary": "x"}
    with pytest.raises(DeclarationError, match=says):
        Absence(**(given | keywords))
