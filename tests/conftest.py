"""What the tests of real processes share: a receiver, an environment, and processes that end."""

import shutil
import signal
import socket
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from labotel.viewer.receiver import Receiver
from running import clean_environment, end, free_port, wait_for_page

TESTS = Path(__file__).parent

pytest_plugins = ["stack.fixtures"]

# A busy machine must not make a property false.
settings.register_profile("labotel", deadline=None)
settings.load_profile("labotel")

if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    # A shell ignores it for what it starts in the background, and every child would inherit that.
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """A running OTLP receiver."""
    with Receiver() as running:
        yield running


@pytest.fixture
def environment(receiver: Receiver, tmp_path: Path) -> dict[str, str]:
    """The environment of a process that sends to the receiver, soon and often."""
    return clean_environment() | {
        "PYTHONPATH": str(TESTS),
        "OTEL_EXPORTER_OTLP_ENDPOINT": receiver.endpoint,
        "OTEL_SERVICE_NAME": "project",
        "OTEL_METRIC_EXPORT_INTERVAL": "500",
        "OTEL_BSP_SCHEDULE_DELAY": "200",
        "OTEL_BLRP_SCHEDULE_DELAY": "200",
        "LABOTEL_RUNTIME_DIR": str(tmp_path / "runtime"),
        "LABOTEL_PSEUDONYM_KEY": "tests",
    }


@pytest.fixture
def slowly(environment: dict[str, str]) -> dict[str, str]:
    """An environment where nothing is sent before its process ends."""
    return environment | {
        "OTEL_METRIC_EXPORT_INTERVAL": "60000",
        "OTEL_BSP_SCHEDULE_DELAY": "60000",
        "OTEL_BLRP_SCHEDULE_DELAY": "60000",
    }


@pytest.fixture
def hanging() -> Iterator[str]:
    """A receiver that takes connections and never answers."""
    with socket.create_server(("127.0.0.1", 0), backlog=100) as silent:
        yield f"http://127.0.0.1:{silent.getsockname()[1]}"


Start = Callable[..., "subprocess.Popen[bytes]"]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Start a process; whatever still runs at the end is ended by its own id."""
    running: list[subprocess.Popen[bytes]] = []

    def run(*command: str, env: dict[str, str]) -> "subprocess.Popen[bytes]":
        log = tmp_path / f"process-{len(running)}.log"
        with open(log, "wb") as output:
            made = subprocess.Popen(
                command, env=env, stdout=output, stderr=subprocess.STDOUT, cwd=tmp_path
            )
        running.append(made)
        return made

    yield run
    for process in running:
        if process.poll() is None:
            end(process)


@pytest.fixture
def redis(tmp_path: Path) -> Iterator[str]:
    """A Redis of the test's own; gives its address."""
    server = shutil.which("redis-server")
    if server is None:
        pytest.skip("redis-server is not installed")
    port = free_port()
    with (tmp_path / "redis.log").open("wb") as log:
        running = subprocess.Popen(
            [server, "--port", str(port), "--bind", "127.0.0.1", "--save", "",
             "--dir", str(tmp_path)], stdout=log, stderr=log,
        )  # fmt: skip
    wait_for_page(f"http://127.0.0.1:{port}", running)
    yield f"redis://127.0.0.1:{port}/0"
    end(running)
