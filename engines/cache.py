"""Where engines are kept: one folder for each, complete or not there at all.

Below the user's cache folder: `<name>-<version>-<hash>/` has an engine's programs, `logs/` what Go
said, `.work-…` is where one is being built.
"""

import fcntl
import os
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final, TextIO

from engines import ending
from engines.recipes import Engine

_TICK: Final = 0.2
"""How often a lock that another run holds is asked for, in s."""


def root() -> Path:
    """Return the folder of all engines."""
    given = Path(os.environ.get("XDG_CACHE_HOME", ""))
    # The specification: a relative path there is to be ignored.
    base = given if given.is_absolute() else Path.home() / ".cache"
    return base / "labotel" / "engines"


def folder(engine: Engine) -> Path:
    """Return the folder of an engine's programs, whether it is there or not."""
    return root() / engine.key


def log(engine: Engine) -> Path:
    """Return the file for what Go says while it builds an engine."""
    return root() / "logs" / f"{engine.key}.log"


def ready(engine: Engine) -> bool:
    """Whether all programs of an engine are there."""
    return all(os.access(folder(engine) / program, os.X_OK) for program in engine.programs)


@contextmanager
def workplace(engine: Engine) -> Iterator[Path]:
    """Give an empty folder beside the engines, with the recipe's files; remove it afterwards.

    What a killed run left there is removed first; the lock says that nobody works in it.
    """
    work = root() / f".work-{engine.key}"
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(parents=True)
    try:
        for file in engine.files:
            shutil.copy(file, work)
        yield work
    finally:
        shutil.rmtree(work, ignore_errors=True)


def promote(programs: Path, engine: Engine) -> None:
    """Put the built programs where `ready` looks for them, in one step."""
    shutil.rmtree(folder(engine), ignore_errors=True)  # there, but without one of its programs
    programs.rename(folder(engine))


@contextmanager
def lock(tell: Callable[[str], None]) -> Iterator[None]:
    """Hold the right to build; say so where another run has it, and wait for its end."""
    root().mkdir(parents=True, exist_ok=True)
    # The kernel frees it with the process, however that ends; children do not inherit it.
    with (root() / ".lock").open("a+") as file:
        if not _locked(file):
            file.seek(0)
            tell(f"Another `make engines` is at work (process {file.read()}): waiting for it …")
            while not _locked(file):
                ending.check()
                time.sleep(_TICK)
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        yield


def _locked(file: TextIO) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
