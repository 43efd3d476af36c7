"""From a number to its trace, from the trace to its lines, and from a line back to the trace."""

from collections import Counter

import pytest

from .stack import Stack
from .story import Story

pytestmark = pytest.mark.timeout(600)

SIGNED = "report_pdf_generation_duration_seconds_bucket"
"""Measured in a worker, in a task that a request of the web queued."""


@pytest.fixture(scope="module")
def trace_id(stack: Stack, story: Story) -> str:
    """The trace of one of a histogram's exemplars."""
    found = stack.metrics().exemplars(SIGNED, story.since, story.until)
    assert found, f"{SIGNED} has no exemplar"
    return str(found[0]["labels"]["trace_id"])


def test_an_exemplar_is_one_of_its_measurements(stack: Stack, story: Story) -> None:
    """It has a span in the trace store, of the service that measured."""
    exemplars = stack.metrics().exemplars(SIGNED, story.since, story.until)
    assert exemplars
    for found in exemplars:
        spans = {
            span.span_id: span for span in stack.traces.store.trace(found["labels"]["trace_id"])
        }
        span = spans[found["labels"]["span_id"]]
        assert span.resource["service.name"] == "celery-worker"
        assert 0 < float(found["value"]) <= (span.end_ns - span.start_ns) / 1e9


def test_the_exemplar_leads_to_one_tree_of_both_processes(stack: Stack, trace_id: str) -> None:
    """The request is its root; each other span has its parent in it."""
    spans = stack.traces.store.trace(trace_id)
    ids = {span.span_id for span in spans}
    roots = [span for span in spans if not span.parent_span_id]
    assert len(roots) == 1 and roots[0].kind == "SERVER"
    assert all(span.parent_span_id in ids for span in spans if span.parent_span_id)
    assert {span.resource["service.name"] for span in spans} == {"django-app", "celery-worker"}


def test_the_trace_leads_to_its_lines_and_back(stack: Stack, story: Story, trace_id: str) -> None:
    """By the id beside the line; the line itself says it, too, and a span that the store has."""
    lines = stack.logs(story.since).lines(f'{{job=~".+"}} | trace_id="{trace_id}"', story.until)
    assert {line.labels["job"] for line in lines} >= {"django-app", "celery-worker"}
    spans = {span.span_id for span in stack.traces.store.trace(trace_id)}
    for line in lines:
        assert line.said["trace_id"] == line.labels["trace_id"] == trace_id
        assert line.said["span_id"] in spans


def test_every_line_with_a_trace_leads_to_one(stack: Stack, story: Story) -> None:
    """Of the laboratory's processes; no line names a trace that the store does not have."""
    known = {span.trace_id for span in stack.traces.spans}
    lines = stack.logs(story.since).lines('{service_namespace="lab"} | trace_id != ""', story.until)
    assert len(lines) > 100
    assert {line.labels["trace_id"] for line in lines} <= known


def test_no_span_was_lost(stack: Stack, story: Story) -> None:
    """There is one of the server for each request that the people sent in the two weeks.

    By its id: a Collector that was killed may send its last batch again.
    """
    until = story.until * 1e9
    served = {s.span_id for s in stack.traces.spans if s.kind == "SERVER" and s.start_ns < until}
    assert len(served) == story.tally.total("http_requests_total")


def test_no_span_is_an_orphan(stack: Stack, story: Story) -> None:
    """Each span's parent arrived too, whatever was restarted meanwhile."""
    known = {span.span_id for span in stack.traces.spans}
    orphans = Counter(
        span.name
        for span in stack.traces.spans
        if span.parent_span_id and span.parent_span_id not in known
    )
    assert not orphans
