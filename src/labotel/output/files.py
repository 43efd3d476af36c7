"""A file that several processes write lines to, and that is put aside when it is full, or daily.

Python's own rotating handlers lose lines where two processes share a file. Here each line is one
`write` of an appending descriptor, and whoever finds the file full holds a lock while it is
renamed: what another writes meanwhile goes into the file that was put aside, and nothing is lost.
"""

import contextlib
import os
import time
from collections.abc import Iterator
from glob import escape
from pathlib import Path

from labotel.export import locks
from labotel.export.logfiles import LogFile

DAY = 86_400


class SharedFile:
    """Appends lines to one file. It may be used by one thread of a process at a time."""

    def __init__(self, chosen: LogFile) -> None:
        self._chosen = chosen
        self._path = Path(chosen.path)
        self._file = -1

    def write(self, lines: list[bytes]) -> None:
        """Append lines, each with its end; raise OSError where that cannot be."""
        for line in lines:
            file = self._ready(len(line))
            while line:
                line = line[os.write(file, line) :]

    def close(self) -> None:
        """Close the file; the next line opens it again."""
        if self._file >= 0:
            with contextlib.suppress(OSError):
                os.close(self._file)
            self._file = -1

    def _ready(self, more: int) -> int:
        """Return a descriptor of the present file, in which there is room."""
        file = self._present()
        if self._is_full(file, more):
            self._put_aside(more)
            file = self._present()
        return file

    def _present(self) -> int:
        """Return a descriptor of the file that has the name now: another process may rename it."""
        if self._file >= 0:
            with contextlib.suppress(OSError):
                here, there = os.fstat(self._file), os.stat(self._path)
                if (here.st_dev, here.st_ino) == (there.st_dev, there.st_ino):
                    return self._file
            self.close()
        self._path.parent.mkdir(parents=True, exist_ok=True)
        flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC
        self._file = os.open(self._path, flags, 0o640)
        return self._file

    def _is_full(self, file: int, more: int) -> bool:
        state = os.fstat(file)
        if not state.st_size:
            return False
        if self._chosen.daily:
            return int(state.st_mtime // DAY) < int(time.time() // DAY)
        return state.st_size + more > self._chosen.size

    def _put_aside(self, more: int) -> None:
        with locks.hold(self._path.with_name(f".{self._path.name}.lock")):
            if not self._is_full(self._present(), more):  # another process was there first
                return
            if self._chosen.daily:
                day = time.gmtime(os.fstat(self._file).st_mtime)
                os.rename(self._path, f"{self._path}.{time.strftime('%Y-%m-%d', day)}")
            else:
                for number in range(self._chosen.keep - 1, 0, -1):
                    with contextlib.suppress(FileNotFoundError):
                        os.rename(f"{self._path}.{number}", f"{self._path}.{number + 1}")
                os.rename(self._path, f"{self._path}.1")
            for old in sorted(self._aside())[: -self._chosen.keep] if self._chosen.daily else ():
                old.unlink(missing_ok=True)

    def _aside(self) -> Iterator[Path]:
        """Give the days that were put aside."""
        return self._path.parent.glob(f"{escape(self._path.name)}.????-??-??")
