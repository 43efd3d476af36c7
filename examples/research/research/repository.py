"""A data set's repository; each command is told, with its duration and how it ended."""

import subprocess
from pathlib import Path

import labotel
from research.telemetry import CommandRun

_AUTHOR = ("-c", "user.name=research", "-c", "user.email=research@example.org")
TIMEOUT = 60


class Repository:
    """A git repository with data, in a folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def create(self) -> None:
        """Make it."""
        self._folder.mkdir()
        self._git("init", "--quiet")

    def save(self, name: str, content: bytes) -> None:
        """Keep a file's present content."""
        (self._folder / name).write_bytes(content)
        self._git("add", name)
        self._git("commit", "--quiet", "--message", "Save")

    def read(self, name: str) -> bytes:
        """Return a file as it was kept last."""
        return self._git("show", f"HEAD:{name}")

    def history(self) -> list[str]:
        """Return the times at which something was kept, the latest first."""
        return self._git("log", "--format=%cI").decode().split()

    def _git(self, command: str, *arguments: str) -> bytes:
        with labotel.timed(CommandRun, command=f"git {command}"):
            done = subprocess.run(
                ["git", *_AUTHOR, command, *arguments],
                cwd=self._folder, capture_output=True, timeout=TIMEOUT, check=True,
            )  # fmt: skip
        return done.stdout
