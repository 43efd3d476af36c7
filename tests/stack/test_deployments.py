"""Deployments on the dashboards: what their annotation asks finds each version that began, once."""

import json
import time

import pytest

from driver.environment import RELEASE
from labotel.catalogs import lab
from labotel.catalogs.builtin import BUILT_IN
from labotel.render import declared, series
from labotel.render.dashboards import ALIVE
from labotel.render.files import files
from labotel.render.selection import filled

from .http import ask
from .stack import Stack
from .story import NEXT, STEP, Story

pytestmark = pytest.mark.timeout(600)

WITHIN = 15.0
"""So long, in s, a process's first metrics may take to Prometheus, and the next step after them."""
ASKED = {
    annotation["expr"]
    for path, text in files(BUILT_IN, [lab.catalog]).items()
    if path.startswith("grafana/")
    for annotation in json.loads(text)["annotations"]["list"]
}


def begun(stack: Stack, story: Story, step: int = STEP, **chosen: str) -> dict[str, list[float]]:
    """Return what is marked in the time of the story, as it is titled, with its points' times."""
    [asked] = ASKED
    # "All" is the list of what there is: applications, and not the Collector, which has a version.
    there = stack.metrics().query(f"last_over_time({ALIVE}[10m])", story.until)
    every = "|".join(sorted({labels["service_name"] for labels, _ in there}))
    query = filled(asked, {"__interval": f"{step}s", "service": every} | chosen)
    answer = ask(
        f"{stack.metrics().address}/api/v1/query_range",
        query=query, start=story.since - step, end=story.until, step=step,
    )  # fmt: skip
    found: dict[str, list[float]] = {}
    for one in answer["data"]["result"]:
        labels = one["metric"]
        assert labels["service_namespace"] == "lab"
        assert labels["deployment_environment_name"] == "demo"
        title = f"{labels['service_name']} {labels['service_version']}"
        found[title] = [float(at) for at, value in one["values"] if float(value) > 0]
    return found


OPENED = {f"{name} {RELEASE}" for name in ("django-app", "celery-worker", "celery-beat")}
"""What the laboratory begins with."""
LATER = f"celery-worker {NEXT}"
"""What begins when the worker is restarted."""
MEANWHILE = f"lab-commands {RELEASE}"
"""What a timetable runs, at some time."""


@pytest.mark.parametrize("step", [STEP, 2, 10])
def test_each_version_that_began_is_one_point(step: int, stack: Stack, story: Story) -> None:
    """However far one looks; workers that are replaced, and a Collector that is not there, none."""
    found = begun(stack, story, step)
    assert {title: len(points) for title, points in found.items()} == dict.fromkeys(
        OPENED | {LATER, MEANWHILE}, 1
    )


def test_it_stands_where_it_began(stack: Stack, story: Story) -> None:
    """Between what was before it and what came after."""
    names = [name.startswith("the Celery worker") for name, _ in story.troubles]
    (_, first), (_, before), (_, ready) = (
        story.troubles[at] for at in (0, names.index(True) - 1, names.index(True))
    )
    found = {title: points[0] for title, points in begun(stack, story).items()}
    assert all(story.since < found[title] < first for title in OPENED)
    assert before < found[LATER] < ready + WITHIN


def test_it_is_of_the_services_that_are_chosen(stack: Stack, story: Story) -> None:
    """As all else on the page."""
    assert begun(stack, story, service="celery-worker").keys() == {
        f"celery-worker {RELEASE}", f"celery-worker {NEXT}",
    }  # fmt: skip
    assert begun(stack, story, environment="production") == {}


def test_target_info_has_the_labels_that_queries_may_name(stack: Stack, story: Story) -> None:
    """Of each process of the laboratory."""
    found = stack.metrics().query('last_over_time(target_info{service_namespace="lab"}[10m])',
                                  time.time())  # fmt: skip
    assert found
    for labels, value in found:
        assert value == 1
        assert labels.keys() >= series.of(declared.of([]))["target_info"].labels
