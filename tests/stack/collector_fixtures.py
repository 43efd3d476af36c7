"""The fixtures of the Collector's tests: a sink, and Collectors that are stopped at the end."""

import subprocess
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from itertools import count
from pathlib import Path

import pytest

from .collector import Collector
from .collector_sink import Sink

Start = Callable[..., Collector]


@pytest.fixture
def sink() -> Iterator[Sink]:
    """What is behind the Collector."""
    made = Sink()
    made.start()
    yield made
    made.stop()


@pytest.fixture
def collector(sink: Sink, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Start]:
    """Start a Collector with more environment; it sends to the sink."""
    # What is asked for here outlives the Collectors: a disk in use cannot be unmounted.
    if "small_disk" in request.fixturenames:
        request.getfixturevalue("small_disk")
    numbers = count()
    with ExitStack() as started:

        def start(**more: str) -> Collector:
            made = Collector(tmp_path / f"collector-{next(numbers)}", sink.url, **more)
            started.callback(made.stop)
            made.start()
            return made

        yield start


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 4 MB. Mounting needs root, which CI's machine gives: elsewhere this fails."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", str(folder)]
    done = subprocess.run(mount, capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.fail(f"a disk of 4 MB cannot be mounted, root is needed: {done.stderr.strip()}")
    yield folder
    if subprocess.run(["umount", folder], check=False).returncode:
        # Something still uses it, after a failure: it goes when that ends.
        subprocess.run(["umount", "-l", folder], check=True)
