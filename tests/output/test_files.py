"""A file that is shared and put aside: nothing is lost, and no more is kept than was chosen."""

import os
import time
from multiprocessing import get_context
from pathlib import Path

import pytest

from labotel.export.logfiles import LogFile
from labotel.output.files import DAY, SharedFile


def wrote(path: str, process: int, lines: int) -> None:
    """Write lines that are told apart, as a worker does."""
    file = SharedFile(LogFile(path, size=1000, keep=10_000))
    for number in range(lines):
        file.write([f"{process} {number} {'x' * (number % 50)}\n".encode()])
    file.close()


def all_lines(folder: Path, name: str) -> list[str]:
    """Return what stands in a file and in those that were put aside."""
    found = [path for path in folder.iterdir() if path.name.startswith(name)]
    return [line for path in found for line in path.read_text().splitlines()]


def test_processes_share_a_file(tmp_path: Path) -> None:
    """Four write at once, and put it aside again and again: each line is there once, whole."""
    make = get_context("spawn").Process
    path, count = str(tmp_path / "app.log"), 1500
    workers = [make(target=wrote, args=(path, process, count)) for process in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
        assert worker.exitcode == 0
    lines = all_lines(tmp_path, "app.log")
    expected = [f"{p} {n} {'x' * (n % 50)}" for p in range(4) for n in range(count)]
    assert sorted(lines) == sorted(expected)
    assert len(list(tmp_path.iterdir())) > 50


def test_no_more_are_kept(tmp_path: Path) -> None:
    """The newest, numbered from 1, each of at most the chosen size."""
    file = SharedFile(LogFile(str(tmp_path / "app.log"), size=100, keep=3))
    for number in range(100):
        file.write([f"{number:09}\n".encode()])
    names = {path.name for path in tmp_path.iterdir() if not path.name.startswith(".")}
    assert names == {"app.log", "app.log.1", "app.log.2", "app.log.3"}
    assert (tmp_path / "app.log").read_text().splitlines()[-1] == "000000099"
    assert len(all_lines(tmp_path, "app.log")) == 40
    assert all((tmp_path / name).stat().st_size == 100 for name in names)


def test_a_line_that_is_larger_than_the_file_is_written(tmp_path: Path) -> None:
    """By itself, and whole."""
    file = SharedFile(LogFile(str(tmp_path / "app.log"), size=10, keep=5))
    for line in (b"a\n", b"b" * 50 + b"\n", b"c\n"):
        file.write([line])
    assert (tmp_path / "app.log.1").read_bytes() == b"b" * 50 + b"\n"
    assert (tmp_path / "app.log").read_bytes() == b"c\n"


def test_a_day_is_put_aside_under_its_date(tmp_path: Path) -> None:
    """As its last line has it, in UTC; the oldest days go."""
    path = tmp_path / "performance.log"
    file = SharedFile(LogFile(str(path), daily=True, keep=2))
    days = []
    for ago in (5, 4, 3, 2):
        file.write([b"line\n"])
        moment = time.time() - ago * DAY
        os.utime(path, (moment, moment))
        days.append(time.strftime("%Y-%m-%d", time.gmtime(moment)))
    file.write([b"today\n"])
    file.write([b"today\n"])
    kept = {p.name for p in tmp_path.iterdir() if not p.name.startswith(".")}
    assert kept == {"performance.log", *(f"performance.log.{day}" for day in days[-2:])}
    assert path.read_bytes() == b"today\n" * 2


def test_a_file_that_was_taken_away_is_made_again(tmp_path: Path) -> None:
    """By `logrotate`, or a person; its folder is made, too."""
    path = tmp_path / "logs" / "deep" / "app.log"
    file = SharedFile(LogFile(str(path)))
    file.write([b"one\n"])
    path.rename(tmp_path / "elsewhere")
    file.write([b"two\n"])
    path.unlink()
    file.write([b"three\n"])
    assert path.read_bytes() == b"three\n"
    assert (tmp_path / "elsewhere").read_bytes() == b"one\n"
    assert path.stat().st_mode & 0o007 == 0


def test_what_cannot_be_written_says_so(tmp_path: Path) -> None:
    """A folder in its place."""
    (tmp_path / "app.log").mkdir()
    with pytest.raises(OSError, match=r"app\.log"):
        SharedFile(LogFile(str(tmp_path / "app.log"))).write([b"x\n"])
