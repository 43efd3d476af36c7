"""The fixtures of the Collector's tests: a sink, and Collectors that are stopped at the end."""

import subprocess
from collections.abc import Callable, Iterator
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
def collector(sink: Sink, tmp_path: Path) -> Iterator[Start]:
    """Start a Collector with more environment; it sends to the sink."""
    started: list[Collector] = []

    def start(**more: str) -> Collector:
        made = Collector(tmp_path / f"collector-{len(started)}", sink.url, **more)
        started.append(made)
        made.start()
        return made

    yield start
    for one in started:
        one.stop()


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 4 MB. Mounting needs root, which CI's machine gives: elsewhere this fails."""
    folder = tmp_path / "disk"
    folder.mkdir()
    subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", folder], check=True, capture_output=True
    )
    yield folder
    subprocess.run(["umount", folder], check=True)
