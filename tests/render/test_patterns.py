"""A label's pattern against the values that are declared, as RE2 reads it.

`tests/stack/test_promql.py` compares it with Prometheus's answers.
"""

import time

import pytest

from labotel.render.patterns import Pattern, Refused, Unsure
from labotel.render.promql import Problems, check
from labotel.render.series import Series

VALUES = frozenset({"success", "failure", "retried", "other"})
KNOWN = {"tasks": Series("tasks", "counter", frozenset({"status"}), {"status": VALUES})}


@pytest.mark.parametrize(
    "matcher",
    ['=~"fail.*"', '=~"(success|failure)"', '!~"other|retr.+"', '=~"[sf].*"', '=~".+"', '=~""',
     '=~".*ed"', '=~"(?i)FAIL.*"', '=~"fail(ed|ure)?"', "=~`[a-z]+`", '=~"^failure$"', '=~"|other"',
     '=~"succes{1,5}"', '!~"s.{6}"', '!=""', '!~".+"'],
)  # fmt: skip
def test_a_pattern_that_finds_something(matcher: str) -> None:
    """Every alternative of it does, or it asks for what has no such label."""
    assert "status" in check(f"tasks{{status{matcher}}}", KNOWN)


@pytest.mark.parametrize(
    ("matcher", "says"),
    [
        ('=~"fialure.*"', "tasks never has status=~'fialure.*' (did you mean 'failure'?)"),
        ('=~"fial.*"', "status=~'fial.*'; allowed: failure, other, retried, success"),
        ('!~"fial.*"', "never has status=~'fial.*'"),
        ('=~"fail"', "never has status='fail'"),  # a pattern is of the whole value
        ('=~"failure|sucess"', "never has status='sucess' (did you mean 'success'?)"),
        ('=~"fail.*|fial.*"', "never has status=~'fial.*'"),
        ('=~"Fail.*"', "never has status=~'Fail.*'"),
        ('=~"[0-9]+"', "never has status=~'[0-9]+'"),
        ('=~"y**"', "'y**' is no pattern of RE2"),
        ('=~"other",status!="other"', 'never has all at once: status=~"other", status!="other"'),
        ('=~"s.*",status=~"f.*"', "never has all at once"),
    ],
)  # fmt: skip
def test_a_pattern_that_finds_nothing_is_refused(matcher: str, says: str) -> None:
    """For ever: no series has such a value."""
    with pytest.raises(Problems) as caught:
        check(f"tasks{{status{matcher}}}", KNOWN)
    assert says in str(caught.value)


@pytest.mark.parametrize(
    "pattern",
    ["\\bfoo", "\\pL+", "(?s)x", "[[:alpha:]]", "(?P<n>x)", "\\Qa.b\\E", "(y{3}){2}",
     "(?i)größe", "x" * 10_001, "(" * 60 + "x" + ")" * 60, "\\x41", "[\\D]"],
)  # fmt: skip
def test_of_what_is_not_plain_nothing_is_said(pattern: str) -> None:
    """Rather than something wrong."""
    with pytest.raises(Unsure):
        Pattern(pattern)


@pytest.mark.parametrize("pattern", ["*", "x**", "x*+", "{2}", "x{1001}", "x{3,2}", "(?=x)", "\\u"])
def test_what_re2_does_not_take(pattern: str) -> None:
    """The whole file of rules would not be loaded."""
    with pytest.raises(Refused):
        Pattern(pattern)


def test_what_would_take_others_years_is_read_at_once() -> None:
    """Places that were reached once are not gone through again."""
    begun = time.monotonic()
    assert not Pattern("((a+)+|(a|a)*)*b").fits("a" * 200)
    assert Pattern("(.*.*.*.*.*)*").fits("a" * 200)
    assert time.monotonic() - begun < 5
