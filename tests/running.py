"""Running real processes in tests: scripts, servers, and their ends."""

import os
import signal
import socket
import subprocess
import sys
import textwrap
import time
import urllib.error
import urllib.request


def clean_environment() -> dict[str, str]:
    """This environment without what would configure OpenTelemetry, labotel, Django or pytest."""
    names = ("OTEL_", "LABOTEL_", "DJANGO_", "PYTEST_")
    return {name: value for name, value in os.environ.items() if not name.startswith(names)}


def end(process: "subprocess.Popen[bytes]", sign: int = signal.SIGTERM) -> int:
    """End a process as an operator would, and return its exit code."""
    process.send_signal(sign)
    try:
        return process.wait(60)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
        raise


def python(script: str, env: dict[str, str], timeout: float = 100) -> str:
    """Run a script in a process of its own and return what it printed."""
    return command("-W", "error", "-c", script, env=env, timeout=timeout)


def command(*arguments: str, env: dict[str, str], timeout: float = 60) -> str:
    """Run the interpreter with these arguments and return what it printed."""
    done = subprocess.run(
        [sys.executable, *arguments],
        env=env, capture_output=True, text=True, timeout=timeout, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def labotel(*arguments: str, **given: object) -> "subprocess.CompletedProcess[str]":
    """Run the command `labotel`, however it ends."""
    return subprocess.run(
        [sys.executable, "-m", "labotel.cli.main", *arguments],
        capture_output=True, text=True, timeout=60, check=False, env=clean_environment(), **given,  # type: ignore[call-overload]
    )  # fmt: skip


def status(body: str, env: dict[str, str], timeout: float = 60) -> int:
    """Run a body as `run` does, however it ends, and return the process's exit status."""
    command = [sys.executable, "-c", SCRIPT + textwrap.dedent(body)]
    return subprocess.run(command, env=env, timeout=timeout, check=False).returncode


def free_port() -> int:
    """Return a port that was free a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def get(url: str, headers: dict[str, str] | None = None) -> str:
    """Return the body of a page, whatever its status."""
    request = urllib.request.Request(url, headers=headers or {})  # loopback
    try:
        with urllib.request.urlopen(request, timeout=20) as answer:
            return str(answer.read().decode())
    except urllib.error.HTTPError as error:
        return str(error.read().decode())


def wait_for_page(url: str, process: "subprocess.Popen[bytes]", timeout: float = 20) -> None:
    """Wait until a server answers; fail at once where its process ended."""
    deadline = time.monotonic() + timeout
    while time.monotonic() < deadline:
        assert process.poll() is None, "the server ended while it started"
        try:
            with socket.create_connection(("127.0.0.1", int(url.rsplit(":", 1)[1])), 1):
                return
        except OSError:
            time.sleep(0.05)
    raise AssertionError(f"{url} does not answer")


SCRIPT = """
import os, sys, time
import labotel
from project.telemetry import Ordered, catalog

labotel.configure(catalogs=[catalog])
def order(n):
    for i in range(n):
        labotel.emit(Ordered(size="small", order_id=i))
"""


def run(body: str, env: dict[str, str]) -> str:
    """Run a body in a process where labotel is configured; `order(n)` emits n events."""
    return python(SCRIPT + textwrap.dedent(body), env)
