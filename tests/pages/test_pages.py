"""docs/pages.md: its pictures are there, its checks are those that there are."""

import re
from pathlib import Path

PAGE = Path(__file__).parents[2] / "docs" / "pages.md"


def test_each_picture_is_there_and_small() -> None:
    """And none lies there that no page shows."""
    named = set(re.findall(r"\]\(pictures/([\w-]+\.png)\)", PAGE.read_text()))
    folder = PAGE.parent / "pictures"
    assert named == {path.name for path in folder.iterdir()}
    assert all(path.stat().st_size < 100_000 for path in folder.iterdir())


def test_each_check_has_a_row() -> None:
    """The names that `health_checks` may give."""
    rows = re.findall(r"^\| `([a-z]+)`", PAGE.read_text(), re.MULTILINE)
    assert rows == ["database", "migrations", "cache", "broker", "disk", "queue", "resources"]
