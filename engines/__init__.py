"""The programs behind labotel, built natively from Go modules: `make engines`.

The Collector, Prometheus, Alertmanager, Loki and a reader of compose files, each in one pinned
version, kept in the user's cache folder; `binary("promtool")` is the path of one of their programs.
"""

from pathlib import Path

from engines import cache
from engines.recipes import engines

__all__ = ["binary", "MissingEngine"]


class MissingEngine(Exception):
    """A program that is not built yet; the message says what builds it."""


def binary(name: str) -> Path:
    """Return the path of a program, as `prometheus`, `promtool` or `labotel-collector`."""
    for engine in engines():
        if name in engine.programs:
            if not cache.ready(engine):
                raise MissingEngine(
                    f"{name} is not built yet (it comes with {engine.title}): run `make engines`, "
                    f"which takes about {engine.minutes} min for this engine the first time"
                )
            return cache.folder(engine) / name
    known = ", ".join(program for engine in engines() for program in engine.programs)
    raise ValueError(f"{name!r}: no engine has such a program; there is {known}")
