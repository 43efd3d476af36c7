"""How the files are chosen in a setting."""

import logging
from typing import Any

import pytest

from labotel.export.logfiles import LogFile, log_files


@pytest.mark.parametrize(
    ("raw", "files"),
    [
        ("logs/app.log", [LogFile("logs/app.log")]),
        ("a.log size=15MB keep=10, e.log level=ERROR size=1KiB",
         [LogFile("a.log", size=15_000_000, keep=10), LogFile("e.log", logging.ERROR, size=1024)]),
        (["p.log type=performance daily keep=7"],
         [LogFile("p.log", type="performance", daily=True, keep=7)]),
        ([{"path": "with space.log", "level": 30, "size": 500}, LogFile("x")],
         [LogFile("with space.log", 30, size=500), LogFile("x")]),
        ([], []),
    ],
)  # fmt: skip
def test_files_are_texts_or_mappings(raw: Any, files: list[LogFile]) -> None:
    """A path, and what differs from the usual."""
    assert log_files(raw) == tuple(files)


@pytest.mark.parametrize(
    ("raw", "says"),
    [
        ("a.log sise=5MB", "'sise' is nothing of a log file (did you mean 'size'?); allowed: path"),
        ("a.log size=much", "size='much': allowed: bytes, or as in '15MB'"),
        ("a.log size=0", "size='0'"),
        ("a.log keep=0", "keep='0': allowed: a whole number, 1 or more"),
        ("a.log level=LOUD", "level='LOUD': allowed: DEBUG"),
        ("a.log type=slow", "type='slow': allowed: request, task, error, performance, event, log"),
        ("a.log daily size=5MB", "daily and size stand together"),
        ("a.log,a.log", "'a.log' is there twice"),
        ([{"level": 5}], "allowed: a text that is not empty"),
        ({"path": "a.log"}, "allowed: a list"),
        (5, "allowed: a list"),
        ([5], "allowed: a text that is not empty"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named(raw: Any, says: str) -> None:
    """With what is allowed."""
    with pytest.raises(ValueError, match=r".") as refused:
        log_files(raw)
    assert says in str(refused.value)
