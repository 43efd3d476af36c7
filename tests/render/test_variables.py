"""Variables of a person's own, by where they stand (Grafana's documentation, "Variable syntax")."""

import pytest
from hypothesis import given

import promql_texts as texts
from labotel.render.promql import Problems, check
from labotel.render.series import Series
from labotel.render.variables import LABEL, ways

KNOWN = {
    "sold": Series(
        "sold", "counter", frozenset({"way", LABEL}), {"way": frozenset({"web", "door"})}
    )
}


@pytest.mark.parametrize(
    ("expression", "filled"),
    [
        # A window, however it is written.
        ("rate(a[$window])", "rate(a[5m])"), ("rate(a[${window}])", "rate(a[5m])"),
        ("rate(a[[[window]]])", "rate(a[5m])"), ("rate(a[${n}m:$step])", "rate(a[5m:5m])"),
        ("a offset $back", "a offset 5m"), ("a @ $when", "a @ 0"),
        # A value: any.
        ('a{x="$x"}', 'a{x=~".*"}'), ('a{x=~"${x:regex}"}', 'a{x=~".*"}'),
        ("a{x!~'$x'}", 'a{x=~".*"}'), ('a{x=~"5$x|b"}', 'a{x=~"5.*|b"}'),
        ('a{x="5$x"}', 'a{x=~"5.*"}'), ("a{x=`$x`}", "a{x=~`.*`}"),
        ('a{$f}', f'a{{{LABEL}=~".*"}}'),
        # A label.
        ("sum by ($by) (a)", f"sum by ({LABEL}) (a)"), ('a{$l="x"}', f'a{{{LABEL}="x"}}'),
        ("a * on (x, $y) b", f"a * on (x, {LABEL}) b"),
        # A number, before all others; a function.
        ("topk($n, a) > $least", "topk(1, a) > 1"), ("a / ${__range_s}", "a / 1"),
        ("$how(a)", "sum(a)"), ("$how by (x) (a)", "sum by (x) (a)"),
        # None at all.
        ('label_replace(a, "x", "$1", "y", "(.*)")', 'label_replace(a, "x", "$1", "y", "(.*)")'),
        ("a + b", "a + b"), ("${unclosed", "${unclosed"),
    ],
)  # fmt: skip
def test_what_stands_there(expression: str, filled: str) -> None:
    """The first way that is tried."""
    assert ways(expression)[0] == filled


def test_other_ways() -> None:
    """What is no number is a metric, what is no sum may be a rate."""
    assert "rate(a[5m])" in ways("$how(a[$w])")
    assert any(way.startswith("topk(1, labotel") for way in ways("topk($n, $metric)"))
    assert len(ways(" + ".join(f"$v{i}" for i in range(40)))) <= 4


@pytest.mark.parametrize(
    ("expression", "fits"),
    [
        ('sum by ($x) (sold{way="$y"})', True), ("sum by ($x) (rate(sold[$w]))", True),
        ('sold{way=~"we$x"}', True), ('sold{way=~"typo|$x"}', False),
        ("sum by (road) (sold{$all})", False), ('topk($n, sold{way="air"})', False),
    ],
)  # fmt: skip
def test_the_rest_is_judged(expression: str, fits: bool) -> None:
    """What the person wrote, in the way that fits best."""
    found = []
    for way in ways(expression):
        try:
            found.append(bool(check(way, KNOWN)))
        except Problems:
            found.append(False)
    assert any(found) == fits


@given(texts.soup())
def test_whatever_it_is(expression: str) -> None:
    """No error, and nothing that stays a variable."""
    for text in (expression, expression.replace("a", "$x"), f"$a{expression}[$b"):
        assert ways(text)
