"""Locks between processes, by `flock`: the kernel gives one back however its process ends.

An `flock` belongs to the open file, which a forked child shares: closing a descriptor frees
nothing while a child still has its copy. So a lock is freed by name, and a child closes what it
inherited, without freeing what is its parent's.
"""

import contextlib
import fcntl
import os
from collections.abc import Iterator
from pathlib import Path

_open: set[int] = set()


def attempt(path: Path, *, create: bool = True) -> int | None:
    """Return a handle of the locked file, or None where another holds it.

    Raises FileNotFoundError for a missing file unless `create`.
    """
    handle = _handle(path, create)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        _close(handle)
        return None
    return handle


@contextlib.contextmanager
def hold(path: Path) -> Iterator[None]:
    """Hold a lock for the block, waiting for it; for what takes milliseconds."""
    handle = _handle(path, create=True)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        free(handle)


def free(handle: int) -> None:
    """Free a lock that this process took."""
    with contextlib.suppress(OSError):
        fcntl.flock(handle, fcntl.LOCK_UN)
    _close(handle)


def forget() -> None:
    """Close, in a forked child, every lock that its parent had open."""
    for handle in list(_open):
        _close(handle)


def _handle(path: Path, create: bool) -> int:
    flags = os.O_RDWR | os.O_CLOEXEC | (os.O_CREAT if create else 0)
    handle = os.open(path, flags, 0o600)
    _open.add(handle)
    return handle


def _close(handle: int) -> None:
    _open.discard(handle)
    with contextlib.suppress(OSError):
        os.close(handle)
