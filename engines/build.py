"""One engine from its recipe: built in a workplace, then moved to its folder as a whole."""

from pathlib import Path
from typing import TextIO

from engines import cache, space
from engines.child import Said, run
from engines.failure import EngineFailure, advice
from engines.go import Go, environment
from engines.progress import Progress
from engines.recipes import PROGRAMS, Engine


def build(engine: Engine, go: Go, out: TextIO) -> None:
    """Build an engine; the caller holds the lock."""
    progress = Progress(engine.title, out)
    progress.begin(engine.minutes)
    try:
        with cache.workplace(engine) as work:
            programs = work / "programs"
            programs.mkdir()
            _steps(engine, go, work, programs, progress)
            cache.promote(programs, engine)
    except KeyboardInterrupt:
        progress.end("interrupted")
        raise
    except (EngineFailure, OSError):
        progress.end("FAILED")
        raise
    progress.end(f"built, {space.size(cache.folder(engine)) / 1_000_000:.0f} MB,")


def _steps(engine: Engine, go: Go, work: Path, programs: Path, progress: Progress) -> None:
    log = cache.log(engine)
    log.parent.mkdir(exist_ok=True)
    environ = environment(work, programs)
    with log.open("wb", buffering=0) as file:
        said = Said(file, progress)
        for step in engine.steps:
            arguments = [word.replace(PROGRAMS, str(programs)) for word in step.arguments]
            said.note(f"$ go {' '.join(arguments)}\n")
            code = run([go.program, *arguments], work / step.folder, environ, said)
            if code != 0:
                raise _failure(engine, go, f"`go {arguments[0]}` gave code {code}", said)
    missing = [name for name in engine.programs if not (programs / name).is_file()]
    if missing:
        raise _failure(engine, go, f"Go made no {' and no '.join(missing)}", said)


def _failure(engine: Engine, go: Go, what: str, said: Said) -> EngineFailure:
    end = "\n".join(f"  | {line}" for line in said.end)
    lines = [
        f"{engine.title} could not be built: {what}. The end of what Go said:",
        end,
        f"All of it: {cache.log(engine)}",
        advice(end, space.told(go)),
    ]
    return EngineFailure("\n".join(line for line in lines if line))
