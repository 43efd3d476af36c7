"""Every metric that the laboratory asks for is in Prometheus, with the driver's own numbers.

One test a row of the specification: what fails says which row.
"""

import pytest

from proof import (
    BOUNDED,
    COUNTED,
    GAUGES,
    MEASURED,
    check_numbers,
    check_row,
    check_sum,
    recorded,
)
from stack.story import Story

pytestmark = pytest.mark.timeout(600)


@pytest.mark.parametrize("row", recorded(), ids=lambda row: row["name"])
def test_a_row_is_in_prometheus(row: dict[str, str], story: Story) -> None:
    """By its type, with exactly its labels besides those that say who measured."""
    check_row(row, story.page)


@pytest.mark.parametrize("metric", [*GAUGES, *COUNTED])
def test_a_metric_has_the_drivers_numbers(metric: str, story: Story) -> None:
    """By each label set that the driver tells apart, after all that was restarted."""
    check_numbers(metric, story.page, story.tally)


@pytest.mark.parametrize("metric", [*MEASURED, *BOUNDED])
def test_a_histogram_has_the_drivers_sum(metric: str, story: Story) -> None:
    """What was measured adds up."""
    check_sum(metric, story.page, story.tally)
