"""Each alias row of the specification's table can be declared, with the row's labels."""

import re

import pytest

from aliased import SYSTEMS
from labotel import Catalog, DeclarationError
from labotel.catalogs.aliases import django_prometheus
from labotel.catalogs.builtin import BUILT_IN
from labotel.events.who import WHO
from labotel.render import declared, files
from specification import names, rows

ROWS = [row for row in rows() if row["from"].startswith("alias of ")]
EXTRA = {("S2", "django_db_query_duration_seconds"): {"alias"}}
"""django-prometheus 2.5 has more labels than the table."""


def recorded(catalog: Catalog) -> dict[str, set[str]]:
    """The series that are recorded, with the labels that do not say who measured."""
    made = declared.of([*files.all_of(BUILT_IN, [catalog])]).recorded
    return {name: set(labels) - WHO for name, labels in made.items()}


def test_the_table_has_its_rows() -> None:
    """Of four systems."""
    assert {row["system"] for row in ROWS} == set(SYSTEMS)
    assert len(ROWS) == 26


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row['system']}-{row['name']}")
def test_a_row_is_an_alias(row: dict[str, str]) -> None:
    """Of the metric that the row names, with its kind and exactly its labels."""
    found = [alias for alias in SYSTEMS[row["system"]] if alias.name == row["name"]]
    (target,) = {re.split(r"[{]", alias.of)[0].removesuffix("_count") for alias in found}
    assert row["from"].startswith(f"alias of {target}")
    made = recorded(Catalog("moved", aliases=SYSTEMS[row["system"]]))
    labels = set(names(row["labels"])) | EXTRA.get((row["system"], row["name"]), set())
    if row["kind"] == "histogram":
        assert made[f"{row['name']}_bucket"] == labels | {"le"}
        assert made[f"{row['name']}_sum"] == made[f"{row['name']}_count"] == labels
    else:
        assert made[row["name"]] == labels


def test_the_pack_has_the_names_of_2_5_beside_those_before() -> None:
    """A dashboard of either finds its own."""
    made = recorded(django_prometheus.catalog)
    assert made["django_db_execute_total"] == {"alias"}
    for kind in ("hits", "misses"):
        assert made[f"django_cache_{kind}_total"] == made[f"django_cache_get_{kind}_total"]


def test_the_pack_can_be_told_the_vendors() -> None:
    """As 2.5 has them on what it says of databases."""
    made = recorded(django_prometheus.pack({"default": "postgresql", "replica": "mysql"}))
    assert made["django_db_execute_total"] == {"alias", "vendor"}
    assert made["django_db_query_duration_seconds_bucket"] == {"alias", "vendor", "le"}


@pytest.mark.parametrize("wrong", [{}, "postgresql", {"default": ""}, {'a"b': "x"}, {"a": 1}])
def test_a_wrong_vendor_says_what_is_allowed(wrong: object) -> None:
    """By what was given."""
    with pytest.raises(DeclarationError, match=r"allowed: .*'postgresql'"):
        django_prometheus.pack(wrong)  # type: ignore[arg-type]  # what is tested
