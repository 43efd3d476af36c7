"""The queries of docs/pipeline.md, run as they stand there: each finds something."""

import re
from pathlib import Path

import pytest

from .stack import Stack
from .story import Story

pytestmark = pytest.mark.timeout(600)

PAGE = Path(__file__).parents[2] / "docs" / "pipeline.md"
_ROW = re.compile(r"^\| [^|`]+ \| (`.*) \|$", re.MULTILINE)
_QUERY = re.compile(r"`((?:\{|sum|100 |histogram)[^`]*)`")

SIGNED = '{service_namespace="lab"} | event_name="lab.report.finalized"'


def queries() -> list[str]:
    """The queries of the table of what people ask."""
    rows = "\n".join(_ROW.findall(PAGE.read_text().replace("\\|", "\u00a6")))
    return [query.replace("\u00a6", "|") for query in _QUERY.findall(rows)]


def test_the_page_has_queries() -> None:
    """More than the specification's seven."""
    assert len(queries()) > 7


@pytest.mark.parametrize("query", queries())
def test_a_query_of_the_page_finds_something(query: str, stack: Stack, story: Story) -> None:
    """Where it leaves a gap, it is filled with what a line of a signature says."""
    if not query.startswith("{"):
        found = stack.metrics().query(query, story.until)
        assert found and all(value == value for _, value in found)  # not NaN
        return
    loki = stack.logs(story.since)
    signed = loki.lines(SIGNED, story.until)[0]
    for name in ("trace_id", "histopathologist"):
        query = query.replace(f'{name}="…"', f'{name}="{signed.said[name]}"')
    assert "…" not in query
    assert loki.lines(query, story.until)
