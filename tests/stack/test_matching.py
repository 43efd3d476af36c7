"""What fails when it is asked, by Prometheus's own test of rules: labotel says so before.

There is one series of each metric, and a histogram's buckets: whatever fails with these fails with
all others, as more series only add to what is many already.
"""

import json
import re
import subprocess
from collections.abc import Iterable
from itertools import product
from pathlib import Path

import pytest

from engines import binary
from labotel.render.promql import Problems, check
from labotel.render.series import Series

LABELS = frozenset({"job", "method"})
BOUNDS = ("1", "2", "+Inf")
KNOWN = {
    series.name: series
    for series in (
        Series("took_bucket", "histogram", LABELS | {"le"}, {"le": frozenset(BOUNDS)}),
        Series("tried_bucket", "histogram", LABELS | {"le"}, {"le": frozenset(BOUNDS)}),
        Series("served", "counter", LABELS, {"method": frozenset({"GET", "POST"})}),
        Series("limit", "gauge", LABELS | {"le"}),
        Series("ready", "gauge", frozenset({"job"})),
    )
}
DATA = {
    **{f'{name}_bucket{{job="a",method="GET",le="{le}"}}': "5x10"
       for name in ("took", "tried") for le in BOUNDS},
    'served{job="a",method="GET"}': "5x10", 'ready{job="a"}': "5x10",
    'limit{job="a",method="GET",le="2"}': "5x10",
}  # fmt: skip

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


def asked(expressions: Iterable[str], folder: Path) -> dict[str, str]:
    """Return what promtool says of each that has no answer: why, or "" where nothing came."""
    wanted = list(dict.fromkeys(expressions))
    never = [{"labels": '{never="there"}', "value": 0}]
    test = {
        "interval": "1m",
        "input_series": [{"series": s, "values": v} for s, v in DATA.items()],
        "promql_expr_test": [
            {"expr": e, "eval_time": "5m", "exp_samples": never} for e in wanted
        ],
    }  # fmt: skip
    file = folder / "test.yml"
    file.write_text(json.dumps({"tests": [test]}))
    command = [binary("promtool"), "test", "rules", str(file)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    found = re.findall(
        r'expr: (".*"), time: 5m,(?: err: (.*)|\s+exp: .*\s+got: (.*))', done.stdout + done.stderr
    )
    said = {json.loads(text): error or got for text, error, got in found}
    assert said.keys() == set(wanted)
    failed = {json.loads(text) for text, error, _ in found if error}
    return {e: said[e] if e in failed else "" for e in wanted if e in failed or said[e] == "nil"}


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
    silent, ours = asked(each, tmp_path), refused(each)
    assert {e: silent[e] for e in silent.keys() - ours.keys()} == {}
    # A label that is not there gives none: to Prometheus that is no error.
    wrong = {e for e, lines in ours.items() if any("no label" not in line for line in lines)}
    assert wrong - silent.keys() == set()
    assert len(wrong) > 1000 and len(set(each) - ours.keys()) > 500


@pytest.mark.parametrize("expression", OTHERS)
def test_what_else_fails(expression: str, tmp_path: Path) -> None:
    """Labels that are made, sets, comparisons, values that are never alike."""
    assert refused([expression]).keys() == asked([expression], tmp_path).keys()
