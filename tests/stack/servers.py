"""A program of others, as an operator has it: started, stopped and started again by its own id."""

import os
import shutil
import subprocess
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from driver.processes import Child, DidNotStart, tied
from running import clean_environment

_TAKEN = "address already in use"
_FULL = 1_000_000
"""A disk with so many bytes left is full: not even the server's own words fit."""


@dataclass
class Server:
    """A server on loopback ports; its log is in its folder, and goes on over restarts.

    `ready` says that it answers; a server that cannot is ended, and the error shows its log's end.
    """

    name: str
    command: Sequence[str]
    folder: Path
    ports: Sequence[int]
    ready: Callable[[], bool]
    environment: Mapping[str, str] = field(default_factory=dict)
    _child: Child | None = None

    @property
    def log(self) -> Path:
        """What it printed, in all its lives."""
        return self.folder / f"{self.name}.log"

    @property
    def pid(self) -> int:
        """The id of its process."""
        assert self._child is not None, f"{self.name} does not run"
        return self._child.process.pid

    def start(self) -> None:
        """Start it, and wait until it answers."""
        self.folder.mkdir(parents=True, exist_ok=True)
        with self.log.open("ab") as output:
            process = subprocess.Popen(
                [*tied(), *self.command],
                cwd=self.folder,
                env={**clean_environment(), **self.environment},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        self._child = Child(self.name, process, self.log)
        try:
            self._child.wait_until(self.ready)
        except DidNotStart as error:
            self.stop()
            raise self._explained(error) from None

    def stop(self) -> int | None:
        """End it as an operator does, and return its exit code; None where it did not run."""
        child, self._child = self._child, None
        if child is None:
            return None
        child.ask_to_stop()
        child.stop()
        return child.process.returncode

    def kill(self) -> None:
        """End it as the kernel does that has no memory left."""
        child, self._child = self._child, None
        if child is not None:
            os.killpg(child.process.pid, 9)
            child.process.wait()

    def _explained(self, error: DidNotStart) -> DidNotStart:
        if shutil.disk_usage(self.folder).free < _FULL:
            told = f"the disk of {self.folder} is full: make room there, and run again"
        elif _TAKEN in self.log.read_text(errors="replace").lower():
            ports = ", ".join(map(str, self.ports))
            told = (
                f"one of its ports ({ports}) is taken by another program: end that program, or "
                "run again, which chooses others"
            )
        else:
            return error
        return DidNotStart(f"{self.name}: {told}\n{error}")
