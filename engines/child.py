"""One call of Go: what it says goes to a log and to the progress, and it ends with its caller."""

import os
import signal
import subprocess
from collections import deque
from collections.abc import Mapping, Sequence
from pathlib import Path
from threading import Thread
from typing import BinaryIO, Final, TextIO

from engines import ending
from engines.failure import LINES
from engines.progress import Progress

_TICK: Final = 0.2
"""How often the progress is drawn and an end is looked for, in s."""
_GRACE: Final = 10.0
"""How long Go has to end by itself, in s."""


class Said:
    """What Go says: a log (unbuffered), the end of it, and the progress."""

    def __init__(self, log: BinaryIO, progress: Progress) -> None:
        self._log = log
        self._progress = progress
        self.end: deque[str] = deque(maxlen=LINES)

    def read(self, pipe: TextIO) -> None:
        """Read to the end, which comes when the last process of the call has gone."""
        for line in pipe:
            self.note(line)
            self.end.append(line.rstrip())
            self._progress.hear(line.strip())

    def note(self, line: str) -> None:
        """Write a line to the log; where the disk is full, Go's own message is what matters."""
        try:
            self._log.write(line.encode())
        except OSError:
            pass

    def draw(self) -> None:
        """Show how far it is."""
        self._progress.draw()


def run(command: Sequence[str], folder: Path, environ: Mapping[str, str], said: Said) -> int:
    """Run a command in a process group of its own and return its exit code."""
    ending.check()
    process = subprocess.Popen(
        command,
        cwd=folder,
        env=environ,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        errors="replace",
        start_new_session=True,
    )
    with process:
        assert process.stdout is not None
        reader = Thread(target=said.read, args=(process.stdout,), daemon=True)
        try:
            reader.start()
            while reader.is_alive():
                reader.join(_TICK)
                ending.check()
                said.draw()
        except BaseException:
            _end(process, reader)
            raise
        return process.wait()


def _end(process: "subprocess.Popen[str]", reader: Thread) -> None:
    """End the process group; it keeps its id at least until its leader is waited for."""
    os.killpg(process.pid, signal.SIGTERM)
    reader.join(_GRACE)
    if reader.is_alive():
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
