"""What Prometheus 3.16 has and the parser has not; what needs a flag; expressions without end.

`tests/stack/test_promql.py` compares far more of it with Prometheus's own verdict.
"""

import pytest

from judged import said
from labotel.render.promql import check, names
from labotel.render.series import Series

KNOWN = {name: Series(name, "gauge", frozenset({"x"})) for name in ("a", "b")}


@pytest.mark.parametrize(
    ("expression", "name", "flag", "allowed"),
    [
        ('sort_by_label(a, "x")', "sort_by_label", "promql-experimental-functions", "sort"),
        ("LIMITK(1, a)", "limitk", "promql-experimental-functions", "topk"),
        ("limit_ratio by (x) (0.5, a)", "limit_ratio", "promql-experimental-functions", "topk"),
        ("abs(mad_over_time(a[5m]))", "mad_over_time", "promql-experimental-functions",
         "stddev_over_time"),
        ("info(a)", "info", "promql-experimental-functions", "target_info"),
        ("a + fill_left (0) b", "fill_left", "promql-binop-fill-modifiers", "or"),
        ("http.requests", "'.'", "promql-unquoted-utf8-names", '{"…"}'),
        ("größe", "'ö'", "promql-unquoted-utf8-names", '{"…"}'),
    ],
)  # fmt: skip
def test_what_needs_a_flag_is_refused_by_name(
    expression: str, name: str, flag: str, allowed: str
) -> None:
    """With the flag, and with what does without it."""
    text = said(expression, KNOWN)
    assert name in text and "is experimental" in text
    assert f"feature flag {flag}, which compose/prometheus/flags does not set" in text
    assert allowed in text.partition("allowed: ")[2]


def test_all_that_needs_a_flag_is_said_at_once() -> None:
    """One after the other would be a build each."""
    assert said("info(a) + limitk(1, a)", KNOWN).count("is experimental") == 2


@pytest.mark.parametrize(
    "expression",
    ["rate(a[5m + 2*30s])", "a offset -(1h)", "max_over_time(a[1h:step()])", "a + 1_000", "a </ 5",
     "increase(a[1d] anchored)", "rate(a[5m] smoothed @ end())", "a{x=~`\\d+`}", "a # don't",
     "sum(\n  # [{(\n  a)", '{"a", x="y"}', '{__name__="a"}', "sum(a smoothed)"],
)  # fmt: skip
def test_what_the_parser_does_not_know(expression: str) -> None:
    """Durations, numbers, operators, modifiers, strings, comments."""
    assert check(expression, KNOWN)
    assert names(expression) == {"a"}


@pytest.mark.parametrize(
    ("expression", "says"),
    [
        ("rate(a[5m - 10m])", "a range of -300 s; allowed: above 0"),
        ("rate(a[5m / 0])", "divided by zero"),
        ("rate(a[5m +])", "']' is no duration"),
        ("rate(a[1h; 5m])", "';' stands in a range; allowed: ']'"),
        ("rate(a[30s5m])", "30s5m is no number and no duration"),
        ("rate(a[300y])", "allowed: up to 292y"),
        ("rate(a[(-1) ^ 0.5])", "a duration cannot be computed"),
        ("a @ 1e100", "@ 1e100 is out of range"),
        ("1e999 * a", "1e999 is out of range"),
        ("max_over_time(a[5m] anchored)", "allowed: changes, delta, increase, rate, resets"),
        ("rate(a[5m:1m] anchored)", "anchored stands behind a selector alone"),
        ("rate(a[5m] anchored smoothed)", "do not go together"),
        ("a </ bool 5", "</ takes no bool"),
        ('a{x="y}', "a string does not end"),
        ('a{x="y" or x="z"}', "Prometheus knows no 'or' between matchers"),
        ("a[5m]", "a range of values is no answer"),
        ('("x")', "a text is no answer"),
        ("ln(5)", "ln"),
        ("ln(-5)", "ln is of a vector, not of a number"),
        ('{x="y"}', "a selector must name its series"),
        ('{__name__=~"c.*"}', "no catalogue emits what {__name__=~"),
        ('{"c"}', "no catalogue emits 'c'"),
        ("", "is no PromQL"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named(expression: str, says: str) -> None:
    """Each in a sentence, with what is allowed."""
    assert says in said(expression, KNOWN)


@pytest.mark.parametrize(
    "expression",
    ["(" * 5000 + "a" + ")" * 5000, "-" * 5000 + "a", "+".join("a" * 5000), "abs(" * 300 + "a",
     "^".join("a" * 900), "a" + "[5m:1m]" * 2000, "a[" + "(" * 1500,
     "a offset " + "-" * 1500 + "1m",
     "sum(" * 101 + "a" + ")" * 101, "{" * 10_000, "a{x=~'" + "(" * 5000 + "'}", "a[" * 4000,
     "a{x=~'" + "(a|" * 900 + ")" * 900 + "'}", "\0" * 100, "a\ud800"],
    ids=lambda expression: f"{expression[:8]!r}… {len(expression)}",
)  # fmt: skip
@pytest.mark.timeout(60)  # where one is not refused it takes hours, or the process
def test_what_has_no_end_is_refused(expression: str) -> None:
    """A parser with a stack of its own must not be asked: it would end the process."""
    assert said(expression, KNOWN)


def test_what_is_large_is_judged() -> None:
    """An alert of three hundred ways, and brackets as people write them."""
    assert check(" or ".join("a > 5" for _ in range(300)), KNOWN).names == {"x"}
    assert check("(" * 60 + "a" + ")" * 60, KNOWN).names == {"x"}
    assert check("+".join("a" * 500), KNOWN).names == {"x"}
