"""Locks between processes, as a single process can see them; test_slots has the children."""

from pathlib import Path

import pytest

from labotel.export import locks


def test_a_lock_is_taken_once(tmp_path: Path) -> None:
    """A second try gets nothing, and no wait; freed, it is there again."""
    first = locks.attempt(tmp_path / "a.lock")
    assert first is not None
    assert locks.attempt(tmp_path / "a.lock") is None
    locks.free(first)
    again = locks.attempt(tmp_path / "a.lock")
    assert again is not None
    locks.free(again)


def test_a_missing_file_is_not_made_where_that_is_not_asked(tmp_path: Path) -> None:
    """What was sent and removed by another is not made again as an empty file."""
    with pytest.raises(FileNotFoundError):
        locks.attempt(tmp_path / "gone", create=False)
    assert not list(tmp_path.iterdir())


def test_a_block_frees_its_lock(tmp_path: Path) -> None:
    """Also where it ends by an exception."""
    path = tmp_path / "a.lock"
    with locks.hold(path):
        assert locks.attempt(path) is None
    with pytest.raises(RuntimeError), locks.hold(path):
        raise RuntimeError
    with locks.hold(path):
        assert locks.attempt(path) is None
