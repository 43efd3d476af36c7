"""What an ending process leaves to be sent: its last requests, as files that any other takes.

A child of a worker never waits for the network: it writes and goes. The next process of the
service that is awake sends the file and removes it; a lock on the file keeps two from doing so,
and one that dies meanwhile gives it back. At least once, oldest first.
"""

import contextlib
import os
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

from labotel.export import locks
from labotel.export.folder import RuntimeFolder
from labotel.export.settings import Signal
from labotel.export.transport import SIGNALS, Answer

LIMIT: Final = 64 * 1024 * 1024
"""Bytes that may wait; what does not fit is dropped and counted."""

Send = Callable[[Signal, bytes], Answer]


def leave(folder: RuntimeFolder, signal: Signal, body: bytes) -> bool:
    """Leave a request to be sent; False where the folder, or the disk, is full."""
    waiting = 0
    for path in folder.path.glob("left-*"):
        with contextlib.suppress(OSError):
            waiting += path.stat().st_size
    if waiting + len(body) > LIMIT:
        return False
    name = f"left-{time.time_ns():020d}-{os.getpid()}-{signal}"
    fresh = folder.path / f"new-{name}"
    try:
        fresh.write_bytes(body)
        os.replace(fresh, folder.path / name)
    except OSError:
        with contextlib.suppress(OSError):
            fresh.unlink()
        return False
    return True


def waiting(folder: RuntimeFolder) -> list[Path]:
    """Return the files that wait, oldest first."""
    return sorted(folder.path.glob("left-*"))


def deliver(folder: RuntimeFolder, send: Send, signals: Sequence[Signal] = SIGNALS) -> int:
    """Send what waits, oldest first, until one is not taken; return how many were sent.

    What is of none of `signals` stays for a process that exports them.
    """
    sent = 0
    for path in waiting(folder):
        signal = next((s for s in SIGNALS if path.name.endswith(s)), None)
        if signal is not None and signal not in signals:
            continue
        try:
            handle = locks.attempt(path, create=False)
        except FileNotFoundError:
            continue
        if handle is None:
            continue
        try:
            if not path.exists():  # another sent it between our open and our lock
                continue
            answer = send(signal, path.read_bytes()) if signal else Answer("refused", "name")
            if answer.outcome == "again":
                return sent
            path.unlink(missing_ok=True)
            sent += 1
        finally:
            locks.free(handle)
    return sent
