"""What is told of a build, on a terminal and without one."""

import io
import re

import pytest

from engines import progress


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


GO_SAYS = (
    "go: downloading example.org/module v1.0.0",
    "go: downloading example.org/other v1.0.0",
    "example.org/module/some-package_v2",
    "bufio",
    "# example.org/module",
    "main.go:3:1: syntax error",
)


def test_without_a_terminal() -> None:
    """A line at the begin, one every 30 s, one at the end; none of them moves."""
    out, clock = io.StringIO(), Clock()
    shown = progress.Progress("loki 3.7.8", out, clock)
    shown.begin(12)
    for line in GO_SAYS:
        shown.hear(line)
    for _ in range(150):  # 75 s in half seconds
        clock.now += 0.5
        shown.draw()
    shown.end("built, 100 MB,")
    counts = "2 modules downloaded, 2 packages compiled"
    assert out.getvalue().splitlines() == [
        "loki 3.7.8: building (about 12 min where nothing is there yet) …",
        f"loki 3.7.8: 0:30, {counts}",
        f"loki 3.7.8: 1:00, {counts}",
        f"loki 3.7.8: built, 100 MB, after 1:15, {counts}",
    ]


def test_on_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    """One line is drawn over and over, no longer than the terminal is wide."""
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "60")
    out, clock = Terminal(), Clock()
    shown = progress.Progress("loki 3.7.8", out, clock)
    shown.begin(12)
    for line in GO_SAYS:
        shown.hear(line)
        shown.draw()
    drawn = out.getvalue().split("\r\x1b[K")[1:]
    assert len(drawn) == len(GO_SAYS)
    assert all(len(text) < 60 and "\n" not in text for text in drawn)
    assert re.match(r"  0:00, 2 modules downloaded, 2 packages compiled  buf", drawn[-1])
    shown.end("built,")
    assert out.getvalue().endswith("\r\x1b[Kloki 3.7.8: built, after 0:00, "
                                   "2 modules downloaded, 2 packages compiled\n")  # fmt: skip
