"""docs/logs.md: its records of one's own are what it says they are."""

import json
from pathlib import Path

from pages.reader import blocks
from running import python

PAGE = Path(__file__).parents[2] / "docs" / "logs.md"


def test_records_of_ones_own(environment: dict[str, str]) -> None:
    """The one is an error, the other a performance, each with its fields."""
    (block,) = (b for b in blocks(PAGE) if "ImportFailed" in b.text)
    script = (
        f"import labotel\nlabotel.configure(console='json')\n{block.text}\nlabotel.shutdown()\n"
    )
    rows = [json.loads(line) for line in python(script, environment).splitlines()]
    by_type = {row["type"]: row for row in rows}
    assert by_type["error"]["level"] == "ERROR"
    assert by_type["error"]["error_message"] == "no header"
    assert by_type["error"]["context"] == "batch 7"
    assert by_type["performance"]["operation"] == "final"
    assert by_type["performance"]["details"] == "4 pages"
    assert by_type["performance"]["outcome"] == "success"
    assert by_type["performance"]["duration"] >= 0
