"""The page *Containers* shows what Docker said: the numbers of the stand-in, worked out by hand."""

import pytest

from .collector_docker import INSPECTED, NAME, stats
from .stack import Stack
from .story import Story
from .test_panels import QUERIES, answered

pytestmark = pytest.mark.timeout(600)

EACH = stats(1)
"""What it uses more each time that it is asked."""


def shown(panel: str, kind: str, stack: Stack, story: Story) -> list[float]:
    """Return the samples of a panel's first query."""
    [one] = [
        query
        for query in QUERIES
        if (query.dashboard, query.panel) == ("Containers", panel)
        and query.instant is (kind == "now") and query.target["refId"] == "A"
    ]  # fmt: skip
    return answered(one, stack, story)


def test_memory_is_what_is_used_without_files_of_what_is_allowed(
    stack: Stack, story: Story
) -> None:
    """Docker's own reckoning: usage without inactive files, over the limit."""
    memory = EACH["memory_stats"]
    expected = 100 * (memory["usage"] - memory["stats"]["inactive_file"]) / memory["limit"]
    assert shown("Nearest to its limit", "now", stack, story) == [expected]
    assert set(shown("Memory, of its limit", "then", stack, story)) == {expected}


def test_cpu_is_of_one_core(stack: Stack, story: Story) -> None:
    """It is asked each two seconds, and used 50 ms more each time: 2.5 % of a core."""
    used = EACH["cpu_stats"]["cpu_usage"]["total_usage"] / 1e9
    found = sorted(shown("CPU", "then", stack, story))
    assert found[len(found) // 2] == pytest.approx(100 * used / 2, rel=0.2)


def test_it_is_one_that_was_restarted_twice(stack: Stack, story: Story) -> None:
    """By its name."""
    assert shown("Containers", "now", stack, story) == [1]
    assert shown("Restarts", "now", stack, story) == [INSPECTED["RestartCount"]]
    assert NAME == "web-1" == INSPECTED["Name"].removeprefix("/")
