"""How an alias is declared."""

from typing import Any

import pytest

from labotel import Catalog, DeclarationError
from labotel.events.alias import Alias


def test_a_label_stays_under_its_name_or_another() -> None:
    """As `by` has it."""
    assert Alias("old_total", "new_total", by=("method",)).renamed == {"method": "method"}
    assert Alias("old_total", "new_total", by={"view": "endpoint"}).renamed == {"view": "endpoint"}


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"name": "no name"}, "Alias('no name'): the name must be one of Prometheus's"),
        ({"name": 5}, "Alias(5)"),
        ({"by": "method"}, "by='method'; allowed: a tuple of labels, or {label: the metric's own}"),
        ({"by": 5}, "by=5; allowed"),
        ({"by": ("a-b",)}, "'a-b' is no label's name"),
        ({"by": {"view": 5}}, "5 is no label's name"),
        ({"labels": "a"}, "labels='a'; allowed: {label: value}"),
        ({"labels": {"a": 5}}, "labels['a']=5; allowed: a text"),
        ({"labels": {"": "x"}}, "'' is no label's name"),
        ({"by": ("a",), "labels": {"a": "x"}}, "'a' stands in by and in labels"),
        ({"of": 5}, "of=5; allowed: a text"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named(given: dict[str, Any], says: str) -> None:
    """When it is declared, with what is allowed."""
    with pytest.raises(DeclarationError) as refused:
        Alias(**({"name": "old_total", "of": "new_total"} | given))
    assert says in str(refused.value)


def test_a_catalogue_has_aliases_alone() -> None:
    """Whatever else stands there is named."""
    with pytest.raises(DeclarationError) as refused:
        Catalog("moved", aliases=["old_total"])  # type: ignore[list-item]  # that is the test
    assert "Catalog('moved'): aliases: 'old_total' is no Alias" in str(refused.value)
