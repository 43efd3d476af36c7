"""What is told of a build: one line that moves on a terminal, else a line every half minute."""

import os
import re
import shutil
import time
from collections.abc import Callable
from typing import Final, TextIO

EVERY: Final = 30.0
"""Without a terminal: the time between two lines, in s."""

_PACKAGE: Final = re.compile(r"[\w.~+-]+(/[\w.~+-]+)*")
"""A line of `go build -v`: the import path of a package that was compiled."""


class Progress:
    """The progress of one engine; `hear` is called by the thread that reads what Go says."""

    def __init__(
        self, title: str, out: TextIO, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._title = title
        self._out = out
        self._clock = clock
        self._moves = out.isatty() and os.environ.get("TERM") != "dumb"
        self._began = self._told = clock()
        self._downloads = self._packages = 0
        self._latest = ""

    def begin(self, minutes: int) -> None:
        """Say what is being built, and how long that can take."""
        self._line(f"{self._title}: building (about {minutes} min where nothing is there yet) …")

    def hear(self, line: str) -> None:
        """Count a line of Go's."""
        if line.startswith("go: downloading "):
            self._downloads += 1
            self._latest = line.removeprefix("go: downloading ")
        elif _PACKAGE.fullmatch(line):
            self._packages += 1
            self._latest = line

    def draw(self) -> None:
        """Show how far it is, where it is time to."""
        if self._moves:
            width = shutil.get_terminal_size().columns
            text = f"  {self._state()}  {self._latest}"
            self._out.write(f"\r\x1b[K{text[: width - 1]}")
            self._out.flush()
        elif self._clock() - self._told >= EVERY:
            self._told = self._clock()
            self._line(f"{self._title}: {self._state()}")

    def end(self, text: str) -> None:
        """Say how it ended, in place of the line that moved."""
        if self._moves:
            self._out.write("\r\x1b[K")
        self._line(f"{self._title}: {text} after {self._state()}")

    def _state(self) -> str:
        minutes, seconds = divmod(int(self._clock() - self._began), 60)
        return (
            f"{minutes}:{seconds:02}, {self._downloads} modules downloaded, "
            f"{self._packages} packages compiled"
        )

    def _line(self, text: str) -> None:
        print(text, file=self._out, flush=True)
