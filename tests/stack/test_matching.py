"""What fails when it is asked, by Prometheus's own test of rules: labotel says so before.

There is one series of each metric, and a histogram's buckets: whatever fails with these fails with
all others, as more series only add to what is many already.
"""

from collections.abc import Iterable
from itertools import product
from pathlib import Path

import pytest

from labotel.render.promql import Problems, check

from .matching import KNOWN, answers

SIDES = (
    "took_bucket", 'took_bucket{le="2"}', 'took_bucket{le=~"1|2"}', 'tried_bucket{le!~"1|.Inf"}',
    "served", "ready", "limit", "sum by (job, le) (tried_bucket)", "sum by (le) (took_bucket)",
    "sum without (le) (took_bucket)", "last_over_time(tried_bucket[5m])", "2 * took_bucket",
    "max by (job) (served)", "(took_bucket / tried_bucket)",
    "(took_bucket or tried_bucket)", "-(took_bucket == bool tried_bucket)",
    "(took_bucket * on (job, method) group_left () served)",
)  # fmt: skip
MATCHES = (
    "", "on (job)", "on ()", "on (job, le)", "ignoring (le)", "ignoring (method)",
    "ignoring (le, by)", "on (job) group_left ()", "on (job) group_right ()",
    "on (job) group_left (le)", "on (job) group_right (le)", "ignoring (method) group_left ()",
    "ignoring (le) group_left (le)", "on (job, le) group_left (method)",
)  # fmt: skip
OTHERS = (
    'label_replace(took_bucket, "le", "x", "job", ".*")',
    'label_join(took_bucket, "le", "-", "job")',
    'label_replace(took_bucket, "le", "$1", "le", "(.*)")',
    'label_join(took_bucket, "le", "-", "le")',
    'label_replace(limit, "le", "x", "job", ".*")',
    'label_replace(served, "job", "x", "job", ".*")',
    'took_bucket and on (job) tried_bucket', "took_bucket or on (job) served",
    "took_bucket > bool on (job) served", "took_bucket > on (job) group_left () served - 1",
    'served{method="GET"} / served{method="POST"}',
    'served{method="GET"} / ignoring (method) served{method=~"G.*"}',
    'took_bucket{le="1"} / took_bucket{le="2"}',
    'took_bucket{le="1"} / on (job) took_bucket{le="2"}',
    'took_bucket{le="1"} and took_bucket{le="2"}', "topk(1, took_bucket) / on (job) served",
    "sum by (le) (took_bucket) / on () group_left () sum(served)", "hour() + on () took_bucket",
    'histogram_quantile(0.5, took_bucket) / served', "{__name__=~'took_.+'} * on (job) ready",
)  # fmt: skip


def refused(expressions: Iterable[str]) -> dict[str, list[str]]:
    """Return what labotel refuses, and why."""
    found = {}
    for expression in expressions:
        try:
            check(expression, KNOWN)
        except Problems as problems:
            found[expression] = problems.lines
    return found


def test_what_prometheus_refuses_is_refused_and_no_more(tmp_path: Path) -> None:
    """Each side with each, by each way of matching: an error, or nothing for ever."""
    each = [f"{a} / {how} {b}" for a, how, b in product(SIDES, MATCHES, SIDES)]
    answered, ours = answers(each, tmp_path), refused(each)
    silent = {expression: one.error for expression, one in answered.items() if one.empty}
    assert {e: silent[e] for e in silent.keys() - ours.keys()} == {}
    # A label that is not there gives none: to Prometheus that is no error.
    wrong = {e for e, lines in ours.items() if any("no label" not in line for line in lines)}
    assert wrong - silent.keys() == set()
    assert len(wrong) > 1000 and len(set(each) - ours.keys()) > 500


@pytest.mark.parametrize("expression", OTHERS)
def test_what_else_fails(expression: str, tmp_path: Path) -> None:
    """Labels that are made, sets, comparisons, values that are never alike."""
    [answer] = answers([expression], tmp_path).values()
    assert bool(refused([expression])) == answer.empty
