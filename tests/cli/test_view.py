"""`labotel view` shows what an application on this machine sends."""

import os
import socket
import subprocess
import sys
from pathlib import Path

SAY = """
import logging, labotel
from labotel import Catalog, Counter, Event
class Seen(Event, name="t.view.seen", instruments=(Counter("t_view_seen_total"),)):
    loud: bool
class Worked(Event, name="t.view.worked"):
    loud: bool
labotel.configure(service_name="seen-by-view", catalogs=[Catalog("t", events=[Seen])])
with labotel.timed(Worked, loud=True):
    labotel.emit(Seen(loud=True))
    logging.getLogger("app").warning("inside the work")
logging.getLogger("app").warning("outside of all work")
labotel.shutdown(5)
"""


def test_a_trace_its_lines_and_the_metrics(tmp_path: Path) -> None:
    """The span with its event and line in one tree, the lone line by itself, the metric's value."""
    env = {k: v for k, v in os.environ.items() if not k.startswith(("OTEL_", "LABOTEL_"))}
    view = subprocess.Popen(
        [sys.executable, "-m", "labotel.cli.main", "view", "--port", "0", "--seconds", "8"],
        stdout=subprocess.PIPE, text=True, env=env | {"PYTHONUNBUFFERED": "1"},
    )  # fmt: skip
    assert view.stdout is not None
    first = view.stdout.readline()
    endpoint = first.split()[2].rstrip(";")
    subprocess.run(
        [sys.executable, "-c", SAY], check=True, timeout=30,
        env=env | {"OTEL_EXPORTER_OTLP_ENDPOINT": endpoint, "LABOTEL_RUNTIME_DIR": str(tmp_path)},
    )  # fmt: skip
    out = view.stdout.read()
    view.wait(30)
    view.stdout.close()
    assert "t.view.worked" in out
    assert "inside the work" in out
    assert "app: outside of all work" in out
    assert "t_view_seen_total" in out


def test_a_port_that_is_taken_is_named() -> None:
    """With the option that gives another."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        done = subprocess.run(
            [sys.executable, "-m", "labotel.cli.main", "view", "--port", port],
            capture_output=True, text=True, timeout=30, check=False,
        )  # fmt: skip
    assert done.returncode == 1
    assert f"port {port} of 127.0.0.1 cannot be taken" in done.stderr
    assert "--port" in done.stderr
