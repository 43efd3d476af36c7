"""Records of real processes, on standard output and in files."""

import json
import os
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import pytest

from labotel.export.logfiles import log_files
from labotel.output.output import Output
from labotel.policy.pseudonyms import Pseudonyms
from labotel.signals.records import Line
from labotel.signals.spans import PseudonymSource
from labotel.signals.tally import Tally
from labotel.viewer.receiver import Receiver
from running import SCRIPT, python, run

Environment = dict[str, str]

TWO = """
import logging
from opentelemetry import trace
log = logging.getLogger("shop")
log.setLevel("INFO")
with trace.get_tracer("shop").start_as_current_span("work"):
    order(2)
    log.info("told %s by a@b.example", 5, extra={"n": 7})
    try:
        1 / 0
    except ZeroDivisionError:
        log.exception("failed")
labotel.shutdown()
"""
REQUEST = """
import os, logging
os.environ["DJANGO_SETTINGS_MODULE"] = "project.settings"
import django
django.setup()
from django.test import Client
client = Client(raise_request_exception=False)
client.get("/plain/order/5/")
client.get("/nowhere/5")
import labotel
labotel.shutdown()
"""


def none() -> Pseudonyms:
    """Return pseudonyms that nobody asks for."""
    return Pseudonyms(b"tests of output")


def read(text: str) -> list[dict[str, Any]]:
    """Return the JSON lines of a text by their times: what is said meanwhile may come before."""
    return sorted(map(json.loads, text.splitlines()), key=lambda line: str(line["timestamp"]))


def test_each_record_is_a_line(environment: Environment, receiver: Receiver) -> None:
    """What stands on standard output is what arrived: texts, fields, trace and span."""
    lines = read(run(TWO, environment | {"LABOTEL_CONSOLE": "json"}))
    assert [line["event"] or line["message"] for line in lines] == [
        "shop.ordered", "shop.ordered", "told 5 by [email]", "failed",
    ]  # fmt: skip
    arrived = {(log.event_name or log.body, log.trace_id, log.span_id) for log in receiver.logs}
    assert {(line["event"] or line["message"], line["trace_id"], line["span_id"])
            for line in lines} == arrived  # fmt: skip
    assert [line["type"] for line in lines] == ["event", "event", "log", "error"]
    assert [line["level"] for line in lines] == ["INFO", "INFO", "INFO", "ERROR"]
    assert {line["service"] for line in lines} == {"project"}
    assert lines[2]["n"] == 7
    assert lines[3]["exception.type"] == "ZeroDivisionError"
    assert "division by zero" in lines[3]["exception.stacktrace"]


def test_it_needs_no_receiver(environment: Environment, tmp_path: Path) -> None:
    """Where nothing is exported, and where nobody is there to take it."""
    nobody = {"OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:9"}
    nothing = {f"OTEL_{signal}_EXPORTER": "none" for signal in ("TRACES", "METRICS", "LOGS")}
    for more in (nobody, nothing):
        file = tmp_path / "all.log"
        run(TWO, environment | more | {"LABOTEL_LOG_FILES": str(file)})
        assert len(read(file.read_text())) == 4
        file.unlink()


def test_a_file_holds_what_was_chosen(environment: Environment, tmp_path: Path) -> None:
    """By level, and by type."""
    files = {name: tmp_path / name for name in ("all.log", "errors.log", "events.log")}
    chosen = (
        f"{files['all.log']}, {files['errors.log']} level=ERROR, {files['events.log']} type=event"
    )
    run(TWO, environment | {"LABOTEL_LOG_FILES": chosen})
    counts = {name: len(read(path.read_text())) for name, path in files.items()}
    assert counts == {"all.log": 4, "errors.log": 1, "events.log": 2}


def test_requests_are_records_of_their_own(environment: Environment, receiver: Receiver) -> None:
    """Method, route, status and duration in ms, in the trace of the request."""
    out = python(REQUEST, environment | {"LABOTEL_CONSOLE": "json"})
    requests = [line for line in read(out) if line["type"] == "request"]
    assert [(r["method"], r["endpoint"], r["status"]) for r in requests] == [
        ("GET", "plain/order/<int:number>/", "200"), ("GET", "unmatched", "404"),
    ]  # fmt: skip
    spans = {span.trace_id: span for span in receiver.spans if span.kind == "SERVER"}
    for request in requests:
        span = spans[request["trace_id"]]
        assert request["span_id"] == span.span_id
        took = (span.end_ns - span.start_ns) / 1e6
        assert request["duration"] == pytest.approx(took, rel=0.5, abs=5)
        assert request["level"] == "INFO"


def test_children_write_to_the_same_file(environment: Environment, tmp_path: Path) -> None:
    """Each its own records, and none of its parent's again."""
    file = tmp_path / "all.log"
    body = """
order(1)
for n in range(3):
    if os.fork() == 0:
        order(n + 2)
        sys.exit()
for _ in range(3):
    os.wait()
labotel.shutdown()
"""
    run(body, environment | {"LABOTEL_LOG_FILES": f"{file} size=500 keep=100"})
    paths = [path for path in tmp_path.glob("all.log*") if path.is_file()]
    assert sum(len(read(path.read_text())) for path in paths) == 1 + 2 + 3 + 4
    assert len(paths) > 2


def test_nobody_reads_the_console(environment: Environment) -> None:
    """A pipe that is full holds up labotel's own thread: not the application, nor its end."""
    script = SCRIPT + (
        "import time\nbegan = time.monotonic()\norder(30_000)\nos.write(2, b'said')\n"
        "labotel.shutdown()\nos.write(2, b' ended')\n"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", script], env=environment | {"LABOTEL_CONSOLE": "json"},
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip
    assert process.stderr is not None
    assert process.stdout is not None
    assert process.wait(60) == 0
    assert process.stderr.read().endswith(b"said ended")
    process.stdout.close()
    process.stderr.close()


def test_auto_is_plain_where_nobody_looks(environment: Environment) -> None:
    """No colours in a pipe; in a terminal there are, unless NO_COLOR is set."""
    out = run(TWO, environment | {"LABOTEL_CONSOLE": "auto"})
    assert "\x1b" not in out
    assert " INFO  shop told 5 by [email] n=7 trace_id=" in out


@pytest.mark.parametrize(("more", "coloured"), [({}, True), ({"NO_COLOR": "1"}, False)])
def test_auto_is_for_people_at_a_terminal(
    more: Environment, coloured: bool, environment: Environment
) -> None:
    """In a real pseudo-terminal; the lines of one trace stand below it."""
    ours, theirs = os.openpty()
    process = subprocess.Popen(
        [sys.executable, "-c", SCRIPT + TWO],
        env=environment | more | {"LABOTEL_CONSOLE": "auto"},
        stdout=theirs, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    os.close(theirs)
    out, until = b"", time.monotonic() + 60
    while time.monotonic() < until:
        try:
            out += os.read(ours, 65536)
        except OSError:  # the other end is closed
            break
    os.close(ours)
    assert process.wait(60) == 0
    lines = out.decode().splitlines()
    assert ("\x1b[" in out.decode()) is coloured
    if coloured:
        assert sum("trace" in line for line in lines) >= 1
        assert all(line.startswith(" ") for line in lines[1:])


def test_an_end_without_a_thread_loses_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """From Python 3.12 on none can be started when the interpreter ends."""
    file = tmp_path / "all.log"
    output = Output("off", log_files(str(file)), "web", PseudonymSource(none), Tally(), list)

    def refuse(_: threading.Thread) -> None:
        raise RuntimeError("can't create new thread at interpreter shutdown")

    monkeypatch.setattr(threading.Thread, "start", refuse)
    output.take(Line("shop", 20, "said", 1, None, None, {}))
    output.turn()
    assert not file.exists()
    output.finish()
    assert [line["message"] for line in read(file.read_text())] == ["said"]


def test_a_record_that_is_hard_to_show_costs_no_other(environment: Environment) -> None:
    """A number of 5,000 digits, which Python writes for nobody; what the application prints."""
    body = """
import contextlib, io, logging
log = logging.getLogger("shop")
log.setLevel("INFO")
with contextlib.redirect_stdout(io.StringIO()) as printed:
    print("a result")
    log.info("one")
    log.info("two", extra={"n": 10**5000})
    log.info("three")
    labotel.flush(5)
    time.sleep(1.5)
assert printed.getvalue() == "a result\\n"
labotel.shutdown()
"""
    lines = read(run(body, environment | {"LABOTEL_CONSOLE": "json"}))
    assert [line["message"] for line in lines] == ["one", "two", "three"]


def test_what_cannot_be_written_is_counted(environment: Environment, tmp_path: Path) -> None:
    """A folder in the file's place: nothing else is lost, and the application hears nothing."""
    (tmp_path / "x").mkdir()
    body = TWO.replace("labotel.shutdown()", "time.sleep(1.5)\nlabotel.flush(5)")
    env = environment | {"LABOTEL_LOG_FILES": str(tmp_path / "x"), "LABOTEL_CONSOLE": "json"}
    out = run(
        body + "\nimport json, urllib.request as u\n"
        "end = os.environ['OTEL_EXPORTER_OTLP_ENDPOINT']\n"
        "page = u.urlopen(end + '/totals?metric=labotel_faults_total&where=output')\n"
        "print(page.read().decode())",
        env,
    )
    *lines, faults = out.splitlines()
    assert len(read("\n".join(lines))) >= 4
    assert json.loads(faults) >= 1
