"""The command: `python -m engines [NAME ...] [--list]`.

Builds the engines that are not there yet. What Go has downloaded and compiled it keeps, so a run
that was interrupted goes on where it stopped.
"""

import argparse
import sys
from collections.abc import Sequence

from engines import cache, ending, go, space
from engines.build import build
from engines.failure import EngineFailure
from engines.recipes import Engine, engines

_INTERRUPTED = 130
"""The exit code that a shell gives a program ended by Ctrl-C."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Build what is missing, and return the exit code."""
    ending.listen()
    try:
        return _run(arguments)
    except (EngineFailure, OSError) as failure:
        print(f"make engines: {failure}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print(
            "Interrupted; everything that was started has ended. Run it again: it goes on there.",
            file=sys.stderr,
        )
        return _INTERRUPTED


def _run(arguments: Sequence[str] | None) -> int:
    options = _options(arguments)
    chosen = [engine for engine in engines() if engine.name in options.names or not options.names]
    if options.list:
        return _list(chosen)
    _make(chosen)
    print(f"There are {', '.join(engine.title for engine in chosen)} in {cache.root()}")
    return 0


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    names = [engine.name for engine in engines()]
    parser = argparse.ArgumentParser(prog="python -m engines", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"{', '.join(names)} (all)")
    parser.add_argument("--list", action="store_true", help="say what there is, and build nothing")
    options = parser.parse_args(arguments)
    for name in options.names:
        if name not in names:
            parser.error(f"{name!r}: no such engine; there is {', '.join(names)}")
    return options


def _list(chosen: Sequence[Engine]) -> int:
    """Print the engines, and return whether one is missing."""
    for engine in chosen:
        place = cache.folder(engine) if cache.ready(engine) else "not built"
        print(f"{engine.title} ({', '.join(engine.programs)}): {place}")
    return 0 if all(cache.ready(engine) for engine in chosen) else 1


def _make(chosen: Sequence[Engine]) -> None:
    missing = _missing(chosen)
    if not missing:
        return
    found = go.find(missing)
    with cache.lock(_tell):
        missing = _missing(chosen)  # whom this one waited for may have built them
        space.check(found, _minutes(missing) / _minutes(engines()))
        for engine in missing:
            build(engine, found, sys.stderr)


def _missing(chosen: Sequence[Engine]) -> list[Engine]:
    return [engine for engine in chosen if not cache.ready(engine)]


def _minutes(some: Sequence[Engine]) -> int:
    """Return how long some engines take: an engine of one minute needs little space, too."""
    return sum(engine.minutes for engine in some)


def _tell(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
