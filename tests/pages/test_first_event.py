"""docs/first-event.md takes a newcomer from nothing to an event: every block of it runs."""

import shutil
import stat
import tomllib
from pathlib import Path

from pages.reader import Block, Reader, blocks, environment
from running import free_port, wait_for_page

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "first-event.md"
CURL = """#!/usr/bin/env python3
import sys, urllib.request
print(urllib.request.urlopen("http://" + sys.argv[-1]).read().decode(), end="")
"""


def test_the_page_does_what_it_says(tmp_path: Path) -> None:
    """From the empty folder to the trace; on ports of the test's own."""
    web, view = free_port(), free_port()
    if shutil.which("curl") is None:
        curl = tmp_path / "curl"
        curl.write_text(CURL)
        curl.chmod(curl.stat().st_mode | stat.S_IXUSR)
    reader = Reader(
        tmp_path,
        {
            "labotel view": f"labotel view --port {view}",
            "runserver": f"runserver {web}",
            "localhost:8000": f"127.0.0.1:{web}",
        },
        environment(view, tmp_path),
    )
    try:
        for block in blocks(PAGE):
            reader.does(block)
            if "runserver" in block.text and block.words == "background":
                wait_for_page(f"http://127.0.0.1:{web}", reader.running[-1])
    finally:
        reader.leaves()


def test_every_block_is_one_that_runs() -> None:
    """A block without a place or a command would be prose in a frame."""
    idle = [b for b in blocks(PAGE) if b.language != "console" and not _place(b)]
    assert idle == []


def test_what_it_installs_is_what_there_is() -> None:
    """The extras of the first command are the package's."""
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"][
        "optional-dependencies"
    ]
    (install,) = [b.text for b in blocks(PAGE) if b.words == "install"]
    wanted = install.partition("[")[2].partition("]")[0].split(",")
    assert wanted and set(wanted) <= set(extras)


def _place(block: Block) -> str | None:
    return block.option("file") or block.option("append")
