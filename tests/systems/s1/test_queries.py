"""What the laboratory's people ask of Loki and Prometheus, answered as it happened.

The queries are those of the specification, as people have them.
"""

import json
import math
from collections import Counter

import pytest

from driver.arrived import LOGGED
from driver.tally import Labels, Number
from stack.stack import Stack
from stack.story import Story

pytestmark = pytest.mark.timeout(600)


@pytest.mark.parametrize(("event", "metric"), LOGGED.items())
def test_each_event_is_one_line(event: str, metric: str, stack: Stack, story: Story) -> None:
    """Neither lost nor twice, over all that was stopped."""
    query = f'sum(count_over_time({{service_namespace="lab"}} | event_name="{event}" [since]))'
    counted = stack.logs(story.since).numbers(query, story.until)
    assert counted == {"": float(story.tally.total(metric))}


def test_errors_of_the_application(stack: Stack, story: Story) -> None:
    """`{job="django-app"} |= "ERROR"`: what failed, and the rules that people broke."""
    lines = stack.logs(story.since).lines('{job="django-app"} |= "ERROR"', story.until)
    failed = _with(story.tally.of("http_requests_total"), status="500")
    broken = story.tally.of("compliance_violations_total")
    # Late reports are found by a command, whose job is another.
    by_people = sum(broken.values()) - _with(broken, violation_type="late_report")
    assert failed == 1 and by_people > 0
    assert Counter(line.said.get("event", "") for line in lines) == {
        "": failed,
        "lab.compliance.violated": by_people,
    }
    assert all(line.said["level"] == "ERROR" for line in lines)


def test_a_protocol_being_created(stack: Stack, story: Story) -> None:
    """By the event's name, which stands in the line."""
    query = '{job="django-app"} |= "lab.protocol.created"'
    lines = stack.logs(story.since).lines(query, story.until)
    assert len(lines) == story.tally.total("protocols_created_total")
    assert all(line.said["event"] == "lab.protocol.created" for line in lines)


def test_failures_of_tasks(stack: Stack, story: Story) -> None:
    """`{job="celery-worker"} |= "ERROR"`: each task that failed, with what failed."""
    lines = stack.logs(story.since).lines('{job="celery-worker"} |= "ERROR"', story.until)
    failed = stack.metrics().number('sum(celery_tasks_total{status="failure"})', story.until)
    assert len(lines) == failed == story.failed_tasks == 1
    assert "cases.tasks.render_report" in lines[0].said["message"]
    assert lines[0].said["exception.type"].endswith("DoesNotExist")


def test_slow_queries(stack: Stack, story: Story) -> None:
    """`{job="django-app"} |= "slow query" | json | duration > 1000`, in milliseconds."""
    query = '{job="django-app"} |= "slow query" | json | duration > 1000'
    lines = stack.logs(story.since).lines(query, story.until)
    assert "cases_protocol" in {line.said["table"] for line in lines}  # it was locked
    assert all(1000 < line.said["duration"] < 60_000 for line in lines)
    # As many as the histogram has above one second: on a busy machine there may be others.
    name, of = "database_query_duration_seconds", 'service_name="django-app"'
    slower = f'sum({name}_count{{{of}}}) - sum({name}_bucket{{{of},le="1"}})'
    assert stack.metrics().number(slower, story.until) == len(lines)


def test_protocols_by_species(stack: Stack, story: Story) -> None:
    """`sum by (species) (protocols_created_total)`."""
    found = stack.metrics().query("sum by (species) (protocols_created_total)", story.until)
    by_species = _by(story.tally.of("protocols_created_total"), "species")
    assert {labels["species"]: n for labels, n in found if n} == by_species


def test_success_of_e_mails(stack: Stack, story: Story) -> None:
    """In percent of all that were sent."""
    sent = story.tally.of("emails_sent_total")
    well = _with(sent, status="success")
    query = '100 * sum(emails_sent_total{status="success"}) / sum(emails_sent_total)'
    percent = stack.metrics().number(query, story.until)
    assert percent == pytest.approx(100 * float(well) / float(sum(sent.values())))


def test_reports_p95(stack: Stack, story: Story) -> None:
    """As the driver's own durations would have it, in the metric's buckets."""
    metric = "report_generation_duration_seconds"
    query = f"histogram_quantile(0.95, sum by (le) ({metric}_bucket))"
    bounds = [bound for bound in story.page.buckets(metric) if bound != math.inf]
    least, most = (
        _quantile(0.95, [getattr(span, end) for span in story.tally.each(metric)], bounds)
        for end in ("least", "most")
    )
    assert least <= stack.metrics().number(query, story.until) <= most


def test_nginx_saw_each_request_once(stack: Stack, story: Story) -> None:
    """By its status: the file is read on over the Collector's restarts."""
    query = 'sum by (status) (count_over_time({job="nginx-access"} | json [since]))'
    seen = stack.logs(story.since).numbers(query, story.until)
    assert seen == _by(story.tally.of("http_requests_total"), "status")


def test_lines_are_one_json_object_each(stack: Stack, story: Story) -> None:
    """With at least when, how grave, of whom, what, and of which trace."""
    query = '{service_namespace="lab"} | event_name="lab.protocol.created"'
    lines = stack.logs(story.since).lines(query, story.until)
    assert lines
    for line in lines:
        said = json.loads(line.text)
        assert {"timestamp", "level", "logger", "message", "trace_id", "span_id"} <= said.keys()


def _quantile(q: float, values: list[float], bounds: list[float]) -> float:
    """A quantile as Prometheus documents it: linear within the bucket of its rank."""
    rank = q * len(values)
    for below, bound in zip([0.0, *bounds], bounds, strict=False):
        before, here = (sum(value <= edge for value in values) for edge in (below, bound))
        if here >= rank:
            return below + (bound - below) * (rank - before) / (here - before)
    return bounds[-1]


def _with(numbers: dict[Labels, Number], **labels: str) -> Number:
    """What was counted with some labels."""
    return sum(n for found, n in numbers.items() if labels.items() <= set(found))


def _by(numbers: dict[Labels, Number], name: str) -> dict[str, float]:
    """What was counted, by one of its labels."""
    found: dict[str, float] = {}
    for labels, number in numbers.items():
        value = str(dict(labels)[name])
        found[value] = found.get(value, 0) + float(number)
    return found
