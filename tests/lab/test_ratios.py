"""Each ratio that the laboratory asks for is declared over counters that its page has.

A ratio comes from a recording rule, and so from no page: of all tests here this one alone reads
labotel's declarations. That they become rules is tested where they are rendered.
"""

import pytest

from labotel.catalogs import cache
from labotel.catalogs.lab import catalog
from labotel.events.catalog import selected
from specification import names

from .conftest import Day
from .test_metrics_page import ratios

pytestmark = pytest.mark.timeout(300)


@pytest.mark.parametrize("row", ratios(), ids=lambda row: row["name"])
def test_a_ratio_is_declared_and_has_its_counters(row: dict[str, str], day: Day) -> None:
    """It is a rule over two counters of the page, by exactly its labels."""
    declared = {ratio.name: ratio for ratio in (*catalog.ratios, *cache.catalog.ratios)}
    ratio = declared[row["name"]]
    assert list(ratio.by) == names(row["labels"])
    for part in (ratio.part, ratio.whole):
        metric, matchers = selected(ratio.name, part)
        wanted = {label: value for label, _, value in matchers}
        for page in day.pages:
            assert page.total(metric, **wanted) > 0
            assert page.label_sets(metric) and all(
                found >= {*ratio.by, *wanted} for found in page.label_sets(metric)
            )
