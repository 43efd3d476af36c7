"""An instrument's name is its Prometheus name on every route; else it is refused.

The rules are those of OpenTelemetry's *Prometheus and OpenMetrics Compatibility* and of
Prometheus's OTLP receiver: units and `_total` are appended where missing, runs of underscores
folded, and `_bucket`, `_sum`, `_count` and `_created` are series that Prometheus makes.
"""

from typing import Any

import pytest

from labotel.events.buckets import MILLISECONDS, SECONDS
from labotel.events.errors import DeclarationError
from labotel.events.instruments import Counter, Gauge, Histogram, UpDownCounter


@pytest.mark.parametrize("made", [Counter, Histogram, UpDownCounter, Gauge])
@pytest.mark.parametrize(
    "name",
    ["Upper_total", "two__lines", "lab.done", "lab-done", "", "1st", "_x", "x_", "é", 5, None],
)
def test_a_name_that_changes_on_a_route_is_refused(made: Any, name: Any) -> None:
    """Only lower snake case comes out of each translation as it went in."""
    with pytest.raises(DeclarationError, match="not a metric name; allowed: lower snake case"):
        made(name)


@pytest.mark.parametrize("name", ["protocols", "bytes_sent", "x_total_seconds"])
def test_a_counter_ends_in_total(name: str) -> None:
    """Prometheus would append it; the message shows the name that is meant."""
    with pytest.raises(DeclarationError, match=f"counter '{name}' must end in.*'{name}_total'"):
        Counter(name)


@pytest.mark.parametrize("made", [Histogram, UpDownCounter, Gauge])
def test_nothing_else_ends_in_total(made: Any) -> None:
    """It would look like a counter, and some routes cut it off."""
    with pytest.raises(DeclarationError, match="'x_total' must not end in '_total'"):
        made("x_total")


def test_a_counter_has_total_at_its_end_alone() -> None:
    """Prometheus's translation moves the word."""
    with pytest.raises(DeclarationError, match="'total' in the middle"):
        Counter("requests_total_by_method_total")


@pytest.mark.parametrize("name", ["size_bucket", "size_created"])
@pytest.mark.parametrize("made", [Histogram, UpDownCounter, Gauge])
def test_a_suffix_that_prometheus_makes_is_refused(made: Any, name: str) -> None:
    """The series of a histogram would have the same name."""
    with pytest.raises(DeclarationError, match="a suffix that Prometheus makes"):
        made(name)


@pytest.mark.parametrize(
    "label", ["le", "quantile", "job", "instance", "otel_scope_name", "otel_scope_x"]
)
def test_a_label_that_belongs_to_prometheus_is_refused(label: str) -> None:
    """In an instrument and in a gauge."""
    with pytest.raises(DeclarationError, match=f"x_total: the label '{label}' belongs"):
        Counter("x_total", by=(label,))
    with pytest.raises(DeclarationError, match=f"x: the label '{label}' belongs"):
        Gauge("x", by={label: bool})


@pytest.mark.parametrize(
    "by", ["species", 5, ("Upper",), ("a__b",), ("",), (5,), ([],), ("a", "a")]
)
def test_labels_are_a_tuple_of_names(by: Any) -> None:
    """A single text is the usual slip: its letters would be labels."""
    with pytest.raises(DeclarationError, match="x_total: "):
        Counter("x_total", by=by)


def test_a_label_may_have_another_name_than_its_field() -> None:
    """A mapping of labels to fields; where both agree it is the same as a tuple."""
    made = Counter("x_total", by={"status": "from_status"})
    assert (made.by, made.labels) == (("status",), (("status", "from_status"),))
    assert Counter("x_total", by={"a": "a"}) == Counter("x_total", by=("a",))
    assert len({made, Counter("x_total", by={"status": "from_status"})}) == 1


@pytest.mark.parametrize("by", [{"le": "a"}, {"a": 5}, {"Upper": "a"}, {5: "a"}])
def test_a_mapping_of_labels_is_judged_too(by: Any) -> None:
    """Both its sides are names."""
    with pytest.raises(DeclarationError, match="x_total: "):
        Counter("x_total", by=by)


def test_a_list_of_labels_becomes_a_tuple() -> None:
    """So that two declarations compare."""
    by: Any = ["a", "b"]
    assert Counter("x_total", by=by) == Counter("x_total", by=("a", "b"))


@pytest.mark.parametrize(
    "buckets",
    [(2, 1), (1, 1), (float("nan"),), (1, float("inf")), ("x",), 5, (1, None), (float("-inf"), 0)],
)
def test_buckets_are_rising_finite_numbers(buckets: Any) -> None:
    """+Inf is always there; anything else cannot be a bucket."""
    with pytest.raises(DeclarationError, match=r"x_seconds: buckets=.*rising finite"):
        Histogram("x_seconds", buckets=buckets)


def test_a_histogram_of_seconds_has_buckets_by_itself() -> None:
    """Any other unit is not guessed: the bounds must be given."""
    assert Histogram("x_seconds").buckets == SECONDS
    assert Histogram("x_seconds", buckets=MILLISECONDS).buckets == MILLISECONDS
    assert Histogram("x_score", buckets=(1, 2)).buckets == (1.0, 2.0)
    with pytest.raises(DeclarationError, match="x_score: buckets="):
        Histogram("x_score")


@pytest.mark.parametrize(
    ("name", "unit"),
    [
        ("x_duration_seconds", "s"),
        ("x_bytes", "By"),
        ("x_age_days", "d"),
        ("x_percent", "%"),
        ("x_score", ""),
        ("seconds_of_x", ""),
    ],
)
def test_the_unit_is_the_one_that_prometheus_translates_to_the_last_word(
    name: str, unit: str
) -> None:
    """UCUM codes as in OpenTelemetry's table of units; no word, no unit, so none is appended."""
    assert UpDownCounter(name).unit == unit
    assert Counter(f"{name}_total").unit == unit


@pytest.mark.parametrize("scope", ["all", "", None])
def test_a_gauge_says_whose_value_it_is(scope: Any) -> None:
    """Of the service or of each process; anything else is refused."""
    with pytest.raises(DeclarationError, match=r"x: scope=.*'service'.*'process'"):
        Gauge("x", scope=scope)


def test_a_gauge_maps_each_label_to_its_type() -> None:
    """A tuple of names says nothing of their bounds."""
    by: Any = ("status",)
    with pytest.raises(DeclarationError, match=r"x: by=.*must map each label to its type"):
        Gauge("x", by=by)
    assert hash(Gauge("x", by={"a": bool})) == hash(Gauge("x", by={"a": bool}))
