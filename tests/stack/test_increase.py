"""Counters over a window: what Prometheus says by `increase` is what happened in it."""

import pytest

from proof import COUNTED

from .stack import Stack
from .story import CREATED, Story

pytestmark = pytest.mark.timeout(600)

COUNTERS = [name for name in COUNTED if name.endswith("_total")]


@pytest.mark.parametrize("metric", COUNTERS)
def test_the_sum_is_what_happened(metric: str, stack: Stack, story: Story) -> None:
    """Over all processes that there were, the ended ones included."""
    query = f'sum({metric}{{service_namespace="lab"}})'
    assert stack.metrics().number(query, story.until) == float(story.tally.total(metric))


@pytest.mark.parametrize("metric", COUNTERS)
def test_the_increase_is_what_happened(metric: str, stack: Stack, story: Story) -> None:
    """From before the first process to now: exactly, though workers and engines were restarted."""
    window = int(story.until - story.since) + 60
    query = f'sum(increase({metric}{{service_namespace="lab"}}[{window}s] anchored))'
    increase = stack.metrics().number(query, story.until)
    assert increase == pytest.approx(float(story.tally.total(metric)), abs=1e-9)


def test_three_in_three_fresh_label_sets_are_three(stack: Stack, story: Story) -> None:
    """The first three protocols ever, with the web's workers replaced before the last."""
    assert story.three is not None
    kinds, now = story.three
    assert len({frozenset(kind.items()) for kind in kinds}) == 3
    window = int(now - story.since) + 60
    metrics = stack.metrics()
    each = metrics.query(f"sum by (species, analysis_type) ({CREATED}) > 0", now)
    assert {frozenset(k.items()): n for k, n in each} == {frozenset(k.items()): 1 for k in kinds}
    assert metrics.number(f"sum({CREATED})", now) == 3
    assert metrics.number(f"sum(increase({CREATED}[{window}s] anchored))", now) == 3


def test_all_that_was_to_go_wrong_went_wrong(story: Story) -> None:
    """While people worked: the proof would be none else."""
    assert len(story.troubles) == 8
    assert all(story.since < when < story.played for _, when in story.troubles)


def test_series_do_not_grow_with_restarts(stack: Stack, story: Story) -> None:
    """There are no more identities than processes at one time: a restarted one takes one over."""
    query = (
        'count by (job) (count by (job, instance) (http_requests_total{service_namespace="lab"}))'
    )
    identities = {s["job"]: n for s, n in stack.metrics().query(query, story.until)}
    # While workers are replaced, the old and the new ones are there together.
    assert identities["lab/django-app"] <= 2 * 3 + 1
