"""docs/testing.md: every block of it runs, with its suite in memory and for real."""

import subprocess
from pathlib import Path

from pages.reader import Block, Reader, blocks, environment, matches
from running import free_port

PAGE = Path(__file__).parents[2] / "docs" / "testing.md"
PLUGIN = "-p no:labotel -p labotel.testing.plugin -p no:cacheprovider"


def test_the_page_does_what_it_says(tmp_path: Path) -> None:
    """Its files are written, its commands run, its failure fails as it is shown."""
    # By name, so that it is the plugin of this checkout, installed or not.
    env = environment(free_port(), tmp_path) | {"PYTEST_ADDOPTS": PLUGIN, "COLUMNS": "80"}
    reader = Reader(tmp_path, {}, env)
    for block in blocks(PAGE):
        if block.words != "fails":
            reader.does(block)
            continue
        command, _, expected = block.text.removeprefix("$ ").partition("\n")
        done = subprocess.run(
            ["bash", "-c", command], cwd=tmp_path, env=env,
            capture_output=True, text=True, timeout=60, check=False,
        )  # fmt: skip
        assert done.returncode == 1, done.stdout + done.stderr
        assert matches(expected, done.stdout), done.stdout


def test_in_memory_the_suite_passes_as_well(tmp_path: Path) -> None:
    """The page's last block runs it for real; what readers have is the default."""
    reader = Reader(tmp_path, {}, environment(free_port(), tmp_path) | {"PYTEST_ADDOPTS": PLUGIN})
    for block in blocks(PAGE):
        if block.option("file") not in (None, "pytest.ini"):
            reader.does(block)
    command = "$ python -m pytest -q -W error --deselect test_failing.py\n...\n8 passed...\n"
    reader.does(Block("console", "", command))
    assert not (tmp_path / "runtime").exists()


def test_every_block_is_one_that_runs() -> None:
    """A block without a place or a command would be prose in a frame."""
    idle = [b for b in blocks(PAGE) if b.language != "console" and not b.option("file")]
    assert idle == []
