"""The example laboratory runs as a test: its own tally must agree with what arrived."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


@pytest.mark.timeout(300)
def test_the_laboratory(tmp_path: Path) -> None:
    """The demo's main job, shorter: every count agrees, nothing is lost, one trace is shown."""
    done = subprocess.run(
        [sys.executable, "examples/lab/demo.py", "--protocols", "16", "--seconds", "10"],
        cwd=ROOT, env=os.environ | {"LAB_WORK": str(tmp_path)},
        capture_output=True, text=True, timeout=280, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    assert "differs" not in done.stdout
    assert "Nothing: no event" in done.stdout
    assert "run/cases.tasks.render_report" in done.stdout
    assert "run/post.tasks.deliver" in done.stdout
