"""Two versions of a declaration: what changed, and which queries fit the first alone."""

import json
from collections.abc import Iterable
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Literal

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from labotel import Catalog, Counter, Event, Histogram, Personal, Ratio, Unbounded
from labotel.render import declared, series
from labotel.render.difference import broken, broken_lines, changes, queries


class Size(StrEnum):
    """How large."""

    SMALL = "small"
    LARGE = "large"


class Before(
    Event,
    name="difference.delivered.before",
    instruments=(Counter("delivered_before_total", by=("size", "way")),),
):
    """A parcel arrived."""

    size: Size
    way: Literal["air", "sea"]
    person: Unbounded[str]
    took: Annotated[float, Histogram("delivery_before_seconds", by=("size",), buckets=(1.0, 2.0))]


class After(
    Event,
    name="difference.delivered.after",
    severity="WARN",
    instruments=(Counter("delivered_after_total", by=("size", "road")),),
):
    """The same, declared anew."""

    size: Literal["small", "huge"]
    road: Literal["air", "sea"]
    person: Personal[str]
    took: Annotated[float, Histogram("delivery_after_seconds", by=("size",), buckets=(1.0, 3.0))]


def named_alike(made: declared.Declared) -> declared.Declared:
    """Return the declarations with one name for both versions of the event and its counter."""
    text = declared.text(made)
    for version in ("before", "after"):
        for metric in ("delivered_{}_total", "delivery_{}_seconds"):
            text = text.replace(metric.format(version), metric.format("").replace("__", "_"))
        text = text.replace(f"difference.delivered.{version}", "difference.delivered")
    return declared.read(text)


def versions(old: Iterable[Ratio] = (), new: Iterable[Ratio] = ()) -> list[declared.Declared]:
    """Return both versions of the catalogue."""
    return [
        named_alike(declared.of([Catalog("shop", events=[event], ratios=ratios)]))
        for event, ratios in ((Before, old), (After, new))
    ]


def test_each_change_is_said_and_whether_it_breaks() -> None:
    """What is gone breaks what asks for it; what is new breaks nothing."""
    late = Ratio("late_rate", "late_total", "parcels_total")
    old, new = versions(old=[late])
    found = {change.text: change.breaks for change in changes(old, new)}
    assert found == {
        "metric delivered_total lost the label way": True,
        "metric delivered_total has the new label road": False,
        "metric delivered_total never has size='large' now": True,
        "metric delivered_total may have size='huge' now": False,
        "metric delivery_seconds has other buckets": True,
        "metric delivery_seconds never has size='large' now": True,
        "metric delivery_seconds may have size='huge' now": False,
        "rule late_rate is gone": True,
        "event difference.delivered lost the field way": True,
        "event difference.delivered has the new field road": False,
        "event difference.delivered: person was unbounded, is personal": True,
        "event difference.delivered was INFO, is WARN": False,
    }
    assert list(changes(old, old)) == []


def test_what_is_gone_and_what_is_new() -> None:
    """A metric with its event."""
    empty = declared.of([])
    _, new = versions()
    assert {change.text for change in changes(empty, new)} == {
        "metric delivered_total is new", "metric delivery_seconds is new",
        "event difference.delivered is new",
    }  # fmt: skip
    assert all(change.breaks for change in changes(new, empty))


def test_the_panels_and_alerts_that_break_are_named(tmp_path: Path) -> None:
    """Also a person's own; a metric of another program is nobody's business here."""
    panel = {
        "title": "By way", "datasource": {"type": "prometheus"},
        "targets": [{"expr": "sum by (way) (rate(delivered_total[$__rate_interval]))"}],
    }  # fmt: skip
    fits = {"title": "All", "targets": [{"expr": "sum(delivered_total)"}]}
    lines = {"title": "Lines", "targets": [{"datasource": {"type": "loki"}, "expr": '{a="b"}'}]}
    other = {"title": "Theirs", "targets": [{"expr": "sum by (way) (node_load1)"}]}
    row = {"type": "row", "title": "More", "panels": [panel | {"title": "In a row"}]}
    page = {"title": "Mine", "panels": [panel, fits, lines, other, row]}
    (tmp_path / "mine.json").write_text(json.dumps(page))
    (tmp_path / "notes.json").write_text("[1, 2")
    rules = [
        {"alert": "Large", "expr": 'sum(delivered_total{size="large"}) > 5'},
        {"record": "small", "expr": 'sum(delivered_total{size="small"})'},
    ]
    (tmp_path / "rules.yml").write_text(yaml.safe_dump({"groups": [{"name": "a", "rules": rules}]}))
    old, new = (series.of(version) for version in versions())
    found = list(broken(queries(tmp_path), old, new))
    assert [line.partition(": ")[0] for line in found] == [
        "panel 'By way' of 'Mine'", "panel 'In a row' of 'Mine'", "alert Large",
    ]  # fmt: skip
    assert "no label 'way'" in found[0]
    assert "delivered_total never has size='large'" in found[2]


def test_the_alerts_and_panels_over_lines_that_break_are_named(tmp_path: Path) -> None:
    """A renamed field; what names no event, or one that nobody declares, is not judged."""
    counted = 'sum by ({}) (count_over_time({{job=~".+"}} | event_name="{}" | json [5m])) > 5'
    by_way = counted.format("way", "difference.delivered")
    panel = {"title": "By way", "targets": [{"datasource": {"type": "loki"}, "expr": by_way}]}
    (tmp_path / "mine.json").write_text(json.dumps({"title": "Mine", "panels": [panel]}))
    rules = [
        {"alert": "Many", "expr": by_way},
        {"alert": "Fits", "expr": counted.format("size", "difference.delivered")},
        {"alert": "Theirs", "expr": counted.format("way", "another.program")},
        {"alert": "Metric", "expr": "sum by (way) (rate(delivered_total[5m])) > 5"},
    ]
    (tmp_path / "fake.yml").write_text(yaml.safe_dump({"groups": [{"name": "a", "rules": rules}]}))
    old, new = (version.events for version in versions())
    found = list(broken_lines(queries(tmp_path, "loki"), old, new))
    assert [line.partition(": ")[0] for line in found] == ["panel 'By way' of 'Mine'", "alert Many"]
    assert all("difference.delivered has no field 'way'" in line for line in found)
    assert list(broken_lines(queries(tmp_path, "loki"), old, old)) == []


def test_declarations_are_read_as_they_were_written() -> None:
    """Every value, in its type."""
    for version in versions():
        assert declared.read(declared.text(version)) == version


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{}",
        '{"metrics": {"a": {}}}',
        "null",
        "5",
        '{"metrics": {}, "events": {}, "recorded": {"a": "b"}}',
    ],
)
def test_what_is_no_list_of_declarations_is_refused(text: str) -> None:
    """With what is missing, or where it ends."""
    with pytest.raises(ValueError, match=r"."):
        declared.read(text)


@pytest.mark.parametrize(
    "page",
    [
        {"panels": 5}, {"panels": [None, {"targets": [None, {"expr": None}, {"expr": 5}]}]},
        {"panels": [{"datasource": "-- Mixed --",
                     "targets": [{"datasource": "Loki", "expr": "x"}]}]},
        {"title": None, "panels": [{"targets": 5}]}, [1], None,
    ],
)  # fmt: skip
def test_whatever_a_folder_holds_is_read(page: object, tmp_path: Path) -> None:
    """Dashboards of all ages, other programs' rules, folders that are called as files are."""
    (tmp_path / "page.json").write_text(json.dumps(page))
    (tmp_path / "folder.json").mkdir()
    for number, rules in enumerate((
        "groups: 5", "groups: [a]", "groups: [{rules: [null, {alert: A}]}]", "- a", "a: [", "",
        "groups: [{name: g, rules: [{uid: x, data: [{model: {expr: y}}]}]}]",
    )):  # fmt: skip
        (tmp_path / f"{number}.yml").write_text(rules)
    assert list(queries(tmp_path)) == []


def test_an_exported_dashboard_and_an_old_one_are_read(tmp_path: Path) -> None:
    """As Grafana's API gives it, and with a data source's name alone."""
    panel = {"title": "P", "datasource": "Prometheus", "targets": [{"expr": "a_total"}]}
    page = {"dashboard": {"title": "Mine", "panels": [panel]}}
    (tmp_path / "mine.json").write_text("\ufeff" + json.dumps(page))
    assert list(queries(tmp_path)) == [("panel 'P' of 'Mine'", "a_total")]


@pytest.mark.parametrize(
    ("expression", "breaks"),
    [
        # A person's own variables: in a window, as a value, as a label, as a number.
        ("sum by (way) (rate(delivered_total[$window]))", True),
        ("sum by (size) (rate(delivered_total[${window}]))", False),
        ('topk($n, delivered_total{size=~"${size:regex}", way="air"})', True),
        ('delivered_total{size="$size"} > $least', False),
        ('sum by ($label) (delivered_total{size="large"})', True),
        ('$how by (size) (delivered_total{size=~"lar.*"})', True),
        # Beside another program's: what is labotel's is judged.
        ("sum by (way) (delivered_total) / on (way) sum by (way) (node_load1)", True),
        ("sum(delivered_total) / scalar(node_load1{instance=~\"$node\"})", False),
        ("node_load1 * on (way) group_left (size) delivered_total", True),
        ("node_load1 > 5", False),
        ("sum by (road) (delivered_total)", False),  # it never fitted
        ("$metric", False),
    ],
)  # fmt: skip
def test_what_is_not_labotels_alone_is_judged_too(expression: str, breaks: bool) -> None:
    """Variables are filled in with what could stand there; what nobody declares has any labels."""
    old, new = (series.of(version) for version in versions())
    assert bool(list(broken([("mine", expression)], old, new))) == breaks


def test_a_metric_that_is_gone_breaks_what_reads_it() -> None:
    """It is no other program's: the old version declares it."""
    old, _ = (series.of(version) for version in versions())
    none = series.of(declared.of([]))
    [line] = broken([("mine", "delivered_total / on () node_load1")], old, none)
    assert line.startswith("mine: no catalogue emits 'delivered_total'")


_ODD = st.recursive(
    st.none() | st.text(max_size=3) | st.integers() | st.floats(),
    lambda inner: (
        st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=2), inner, max_size=2)
    ),
    max_leaves=3,
)


@given(st.data())
def test_whatever_a_list_of_declarations_holds(data: st.DataObject) -> None:
    """One place of it is something else: it is refused, or compared."""
    old, new = versions()
    tree = json.loads(declared.text(new))
    node, path = tree, []
    while isinstance(node, (dict, list)) and node and (not path or data.draw(st.booleans())):
        keys = list(node) if isinstance(node, dict) else list(range(len(node)))
        path.append((node, data.draw(st.sampled_from(keys))))
        node = node[path[-1][1]]
    place, key = path[-1]
    place[key] = data.draw(_ODD)
    try:
        read = declared.read(json.dumps(tree))
    except ValueError:
        return
    places = [("mine", "sum by (way) (delivered_total)")]
    assert list(changes(old, read)) is not None
    assert list(broken(places, series.of(old), series.of(read))) is not None
