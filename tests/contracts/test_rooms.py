"""The map agrees with the house."""

import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "src" / "labotel"


def test_the_map_names_every_room() -> None:
    """docs/architecture.md has a row for each folder of the package."""
    text = (ROOT / "docs" / "architecture.md").read_text()
    rooms = [p.name for p in SOURCE.iterdir() if p.is_dir() and (p / "__init__.py").exists()]
    assert rooms
    assert [room for room in rooms if f"| `{room}/` |" not in text] == []


def test_the_map_names_files_that_exist() -> None:
    """Every file that the map's table sends a reader to is there."""
    text = (ROOT / "docs" / "architecture.md").read_text()
    rows = [line.split("|") for line in text.splitlines() if line.startswith("| `")]
    for _, room, _, files, _ in rows:
        for file in files.replace("`", "").split(","):
            path = SOURCE / room.replace("`", "").strip() / file.strip()
            assert path.exists(), path


def test_no_file_is_long() -> None:
    """A file is one idea: below 300 lines, but for none."""
    long = {
        str(path.relative_to(ROOT)): count
        for path in [*SOURCE.rglob("*.py"), *(ROOT / "tests").rglob("*.py")]
        if (count := len(path.read_text().splitlines())) > 300
    }
    assert long == {}


@pytest.mark.parametrize("word", ["utils", "helpers", "common", "_internal"])
def test_no_room_is_called(word: str) -> None:
    """A name says what is inside."""
    assert list(SOURCE.rglob(f"{word}*")) == []


def test_the_repository_names_no_path_of_a_machine() -> None:
    """What is committed speaks of the project alone."""
    done = subprocess.run(
        ["git", "grep", "-nI", "-e", "/work" + "/main", "-e", "/root" + "/"],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.stdout == ""
