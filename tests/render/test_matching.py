"""What two sides of an operator give, and what can never match or fails for certain.

`tests/stack/test_matching.py` compares thousands of pairs with Prometheus.
"""

import pytest

from judged import said
from labotel.render.promql import check
from labotel.render.series import Series

LE = frozenset({"1", "2", "+Inf"})
KNOWN = {
    series.name: series
    for series in (
        Series("took_bucket", "histogram", frozenset({"job", "le"}), {"le": LE}),
        Series("single_bucket", "histogram", frozenset({"job", "le"}), {"le": frozenset({"+Inf"})}),
        Series("theirs_bucket", "foreign", frozenset({"job", "le"})),
        Series("served", "counter", frozenset({"job", "way"}), {"way": frozenset({"a", "b"})}),
    )
}


@pytest.mark.parametrize(
    ("expression", "side"),
    [
        ("served / on (job) took_bucket", "right"),
        ("took_bucket / on (job) served", "left"),
        ("took_bucket - ignoring (le) sum by (job) (served)", "left"),
        ("served * on (job) group_left () rate(took_bucket[5m])", "right"),
        ("sum by (job, le) (took_bucket) > on (job) group_right () served", "left"),
        ("hour() + on () took_bucket", "right"),
        ('served / on (job) took_bucket{le=~"1|2"}', "right"),
        ("served / on (job) (took_bucket / 2)", "right"),
    ],
)  # fmt: skip
def test_buckets_are_several(expression: str, side: str) -> None:
    """Where Prometheus takes one."""
    text = said(expression, KNOWN)
    assert f"the {side} side of " in text and "several series where one must stand" in text
    assert "they differ in le alone" in text


@pytest.mark.parametrize(
    "expression",
    [
        'served / on (job) took_bucket{le="1"}',
        "served / on (job) single_bucket",  # it has no bound
        "served / on (job) theirs_bucket",  # whose bounds are not known
        "served / on (job) served",  # one way, perhaps
        "served / on (job) (took_bucket > 5)",  # one of them, perhaps
        "served / on (job) topk(1, took_bucket)",
        "served / on (job) sum by (job) (took_bucket)",
        "served / on (job) sum without (le) (took_bucket)",
        'served / on (job) label_replace(took_bucket, "le", "x", "job", "y")',
        "took_bucket / on (job, le) took_bucket",
        "took_bucket / on (job) group_left () sum by (job) (served)",
        "took_bucket and on (job) served",
        "served / on (job) histogram_quantile(0.5, took_bucket)",
        "sum by (job) (served) / histogram_fraction(0, 1, took_bucket)",
        # A label that not all of them have.
        '{__name__=~"took_bucket|served"} / served', "(served or took_bucket) / served",
        'sum(served) / label_replace(sum by (way) (served), "way", "", "way", "a")',
        "sum by (job) (absent((served{job=~'x',way='a'}) ) or served)",
        'served / on (job) took_bucket{le=~"1|\\\\bfoo"}',  # a pattern that is not read
    ],
)  # fmt: skip
def test_of_what_depends_on_the_data_nothing_is_said(expression: str) -> None:
    """Nor of what is one for certain."""
    check(expression, KNOWN)


@pytest.mark.parametrize(
    ("expression", "says"),
    [
        ('served{way="a"} / served{way="b"}',
         "the sides of / never match: way is a on the left and b on the right"),
        ('took_bucket{le="1"} / took_bucket{le="2"}', "le is 1 on the left and 2 on the right"),
        ('sum by (way) (served{way="a"}) and on (way) served{way!="a"}', "way is a on the left"),
        ('served{job="x"} / served{job="y"}', "job is x on the left and y on the right"),
        ("took_bucket * ignoring (le) group_left (le) served", "the one side of the group has no"),
        ('label_replace(took_bucket, "le", "x", "job", ".*")', "gives one le to several series"),
        ('label_join(took_bucket, "le", "-", "job")', "gives one le to several series"),
        ('took_bucket * on (job) group_left (le) sum by (job, le) (took_bucket{le="1"})',
         "differ in le alone, which the one side gives: they would be one"),
    ],
)  # fmt: skip
def test_what_is_never_alike(expression: str, says: str) -> None:
    """Values that no two series share, and series that would become one."""
    assert says in said(expression, KNOWN)
