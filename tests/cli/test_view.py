"""`labotel view` shows what an application on this machine sends."""

import io
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner
from opentelemetry.proto.collector.logs.v1 import logs_service_pb2 as logs_service
from opentelemetry.proto.common.v1 import common_pb2 as common
from opentelemetry.proto.logs.v1 import logs_pb2 as wire_logs
from rich.console import Console

from labotel.cli.main import main
from labotel.cli.view import Seen
from labotel.viewer.store import Store
from running import clean_environment

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
    env = clean_environment()
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


def test_lines_go_on_when_the_store_forgets() -> None:
    """A store that keeps the newest five shows each line once, the sixth and seventh too."""
    store, out = Store(max_logs=5), io.StringIO()
    seen = Seen(store)
    for number in range(7):
        record = wire_logs.LogRecord(
            severity_text="INFO", body=common.AnyValue(string_value=f"line {number}")
        )
        scope = wire_logs.ScopeLogs(log_records=[record])
        request = logs_service.ExportLogsServiceRequest(
            resource_logs=[wire_logs.ResourceLogs(scope_logs=[scope])]
        )
        store.receive(request, request.ByteSize())
        seen.show(Console(file=out, width=100), 0.0)
    assert [line.split()[-1] for line in out.getvalue().splitlines()] == list("0123456")


@pytest.mark.parametrize(
    "wrong", [("--port", "99999"), ("--port", "-1"), ("--seconds", "nan"), ("--seconds", "-3")]
)
def test_a_number_that_cannot_be_is_refused(wrong: tuple[str, str]) -> None:
    """With the range that can."""
    done = CliRunner().invoke(main, ["view", *wrong])
    assert done.exit_code == 2
    assert wrong[0] in done.output


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
