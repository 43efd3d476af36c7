"""Servers of the project in tests: started, asked by many clients at once, and ended."""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

from conftest import Start
from labotel.export.wake import wait_until
from running import free_port, get, wait_for_page


def serve(
    start: Start, env: dict[str, str], *options: str, application: str = "project.wsgi"
) -> tuple[str, "subprocess.Popen[bytes]"]:
    """Start gunicorn with the project and return its address, once all its workers stand."""
    url = f"http://127.0.0.1:{free_port()}"
    ready = Path(env["LABOTEL_RUNTIME_DIR"] + "-ready")
    process = start(
        sys.executable, "-m", "gunicorn", "--bind", url.removeprefix("http://"),
        "--config", "python:project.gunicorn_ready", "--no-control-socket",
        "--graceful-timeout", "10", *options,
        application, env=env | {"PROJECT_READY": str(ready)},
    )  # fmt: skip
    wait_for_page(url, process)
    wait_for_workers(
        env, int(options[options.index("--workers") + 1]) if "--workers" in options else 1
    )
    return url, process


def wait_for_workers(env: dict[str, str], count: int) -> None:
    """Wait until so many workers live and stand: a SIGTERM finds them with their handlers set."""
    ready = Path(env["LABOTEL_RUNTIME_DIR"] + "-ready")

    def standing() -> int:
        return sum(Path("/proc", path.name).exists() for path in ready.glob("*"))

    assert wait_until(lambda: standing() >= count, 60)


def order(url: str, many: int) -> None:
    """Order so many times, four at a time."""
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda n: get(f"{url}/order/{n}/"), range(many)))


@dataclass
class Load:
    """What clients asked: the numbers that were answered, those that were not, and by whom."""

    answered: set[int] = field(default_factory=set)
    broken: set[int] = field(default_factory=set)
    """A server that recycles a worker may close a connection that it has just accepted."""
    processes: set[str] = field(default_factory=set)


def load(url: str, path: str, processes: int, least: int = 160, most: int = 8000) -> Load:
    """Ask with eight clients at once until so many processes have answered."""
    seen, numbers = Load(), count()

    def client(_: int) -> None:
        while len(seen.processes) < processes or len(seen.answered) < least:
            number = next(numbers)
            assert number < most, f"{len(seen.processes)} processes answered {most} requests"
            try:
                seen.processes.add(get(f"{url}/{path}/{number}/"))
            except OSError:
                seen.broken.add(number)
            else:
                seen.answered.add(number)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(client, range(8)))
    return seen
