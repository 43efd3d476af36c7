"""Aliases: the names of other exporters, as the specification lists them for the systems."""

import csv
from pathlib import Path

import pytest

from labotel import Catalog
from labotel.catalogs.aliases import celery_exporter, django_prometheus
from labotel.catalogs.builtin import BUILT_IN
from labotel.events.alias import Alias
from labotel.events.who import WHO
from labotel.render import declared, files

PACKS = (django_prometheus.catalog, celery_exporter.catalog)
TABLE = Path(__file__).parents[1] / "tables" / "metrics.csv"


def recorded(*aliases: Alias) -> dict[str, set[str]]:
    """The series that are recorded, with the labels that do not say who measured."""
    made = declared.of([*files.all_of(BUILT_IN, [Catalog("moved", aliases=aliases)])])
    return {name: set(labels) - WHO for name, labels in made.recorded.items()}


def refused(*aliases: Alias, more: tuple[Catalog, ...] = ()) -> str:
    """What is said of them when they are rendered."""
    with pytest.raises(files.RenderError) as error:
        files.files(BUILT_IN, [Catalog("moved", aliases=aliases), *more])
    return str(error.value)


def test_the_packs_are_what_the_first_system_knows() -> None:
    """Each name of django-prometheus in its table has the table's labels, and no other."""
    known = {alias.name for pack in PACKS for alias in pack.aliases}
    made = recorded(*(alias for pack in PACKS for alias in pack.aliases))
    rows = [row for row in csv.DictReader(TABLE.read_text().splitlines()) if row["system"] == "S2"]
    found = [row for row in rows if row["name"] in known]
    assert len(found) >= 8
    for row in found:
        name = row["name"] + ("_count" if row["kind"] == "histogram" else "")
        listed = set(filter(None, row["labels"].split(";")))
        # "Built-in database metrics also carry `database`", which django-prometheus calls `alias`.
        assert made[name] - {"alias"} == listed, name


def test_a_pack_stands_beside_a_catalogue() -> None:
    """It has rules alone: no dashboard, and nothing that an application emits."""
    without = files.files(BUILT_IN, [])
    beside = files.files(BUILT_IN, PACKS)
    new = {path for path in beside if path not in without}
    assert new == {
        f"{place}/{pack.name}.{kind}" for pack in PACKS
        for place, kind in (("prometheus/rules", "yml"), ("reference", "md"))
    }  # fmt: skip


def test_a_histogram_keeps_its_buckets() -> None:
    """Three series, one of them with `le`; a part of one is one series."""
    made = recorded(
        Alias("old_seconds", "http_request_duration_seconds", by={"view": "endpoint"}),
        Alias("old_total", "http_request_duration_seconds_count", by=("method",)),
        Alias("old_fast_total", 'http_request_duration_seconds_bucket{le="0.5"}'),
    )
    assert made["old_seconds_bucket"] == {"view", "le"}
    assert made["old_seconds_sum"] == made["old_seconds_count"] == {"view"}
    assert made["old_total"] == {"method"}
    assert made["old_fast_total"] == set()
    assert "old_seconds" not in made


@pytest.mark.parametrize(
    ("alias", "says"),
    [
        (Alias("old_total", "http_request_total"),
         "no catalogue emits 'http_request_total' (did you mean 'http_requests_total'?)"),
        (Alias("old_total", "http_requests_total", by=("view",)),
         "http_requests_total has no label 'view'; allowed: method, endpoint, status"),
        (Alias("old_total", "http_requests_total", by={"status": "method"}),
         "http_requests_total has a label 'status' already"),
        (Alias("old_total", "http_requests_total", by={"instance": "method"}),
         "http_requests_total has a label 'instance' already"),
        (Alias("old_total", "http_requests_total", labels={"job": "x"}),
         "the label 'job' says who measured"),
        (Alias("celery_tasks_total", "http_requests_total"), "a metric has this name already"),
        (Alias("celery_task_duration_seconds", "http_request_duration_seconds"),
         "a metric has this name already"),
        (Alias("old_total", 'http_requests_total{verb="GET"}'), "verb"),
        (Alias("old_total", 'http_requests_total{method="GETT"}'), "GETT"),
        (Alias("old_total", "http_requests_total{"), "old_total"),
    ],
)  # fmt: skip
def test_what_is_not_emitted_is_named(alias: Alias, says: str) -> None:
    """With what there is."""
    assert says in refused(alias)


def test_two_aliases_of_one_name_are_told_apart() -> None:
    """By constant labels, in one catalogue; else one would write the other's series."""
    bad, worse = (
        Alias("errors_total", f'http_requests_total{{status=~"{n}.."}}', labels={"type": name})
        for n, name in ((4, "client"), (5, "server"))
    )
    assert recorded(bad, worse)["errors_total"] == {"type"}
    assert "'moved' has it twice" in refused(bad, bad)
    other = Catalog("other", aliases=[worse])
    assert "both 'moved' and 'other' have it" in refused(bad, more=(other,))
