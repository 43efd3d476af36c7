"""Each request as a structured record, where the setting `request_log` asks for it."""

import json
from pathlib import Path
from typing import Any

from labotel.viewer.receiver import Receiver
from running import python

REQUESTS = """
import os
os.environ["DJANGO_SETTINGS_MODULE"] = "project.settings"
import django
django.setup()
from django.test import Client
client = Client(raise_request_exception=False)
client.get("/plain/order/5/?name=Anna")
client.get("/nowhere/someone@example.org/")
client.post("/fail/")
import labotel
labotel.shutdown()
"""


def read(file: Path) -> list[dict[str, Any]]:
    """Return a file's JSON lines."""
    return [json.loads(line) for line in file.read_text().splitlines()]


def test_a_request_is_one_record(receiver: Receiver, environment: dict[str, str]) -> None:
    """Its method, scrubbed path, status, duration and view, in its trace; the query stays here."""
    python(REQUESTS, environment | {"LABOTEL_REQUEST_LOG": "on"})
    found = [r for r in receiver.logs if r.event_name == "http.server.request.log"]
    assert {(r.body, r.severity_text) for r in found} == {("request", "INFO")}
    names = ("method", "path", "endpoint", "status_code", "view", "error_type")
    assert [tuple(r.attributes.get(name) for name in names) for r in found] == [
        ("GET", "/plain/order/5/", "plain/order/<int:number>/", 200,
         "project.urls.order_plainly", None),
        ("GET", "/nowhere/[email]/", "unmatched", 404, None, None),
        ("POST", "/fail/", "fail/", 500, "project.urls.fail", "ValueError"),
    ]  # fmt: skip
    spans = [(s.trace_id, s.span_id) for s in receiver.spans if s.kind == "SERVER"]
    assert [(r.trace_id, r.span_id) for r in found] == spans
    for record in found:
        duration = record.attributes["duration"]
        assert isinstance(duration, float)
        assert 0 < duration < 60_000
    (error,) = [r for r in receiver.logs if r.severity_text == "ERROR"]
    assert error.attributes["exception.type"] == "ValueError"
    assert error.attributes["exception.message"] == "no such thing: [email]"
    assert error.trace_id == spans[2][0]


def test_no_request_is_one_unasked(receiver: Receiver, environment: dict[str, str]) -> None:
    """Traces and metrics say it already."""
    python(REQUESTS, environment)
    assert [r for r in receiver.logs if r.event_name.startswith("http.server")] == []


def test_a_file_of_requests_has_each_once(environment: dict[str, str], tmp_path: Path) -> None:
    """By the setting with its path; without, by its route alone."""
    file = tmp_path / "requests.log"
    chosen = environment | {"LABOTEL_LOG_FILES": f"{file} type=request"}
    python(REQUESTS, chosen | {"LABOTEL_REQUEST_LOG": "on"})
    lines = read(file)
    assert [(r["method"], r["path"], r["status_code"], r["level"]) for r in lines] == [
        ("GET", "/plain/order/5/", 200, "INFO"),
        ("GET", "/nowhere/[email]/", 404, "INFO"),
        ("POST", "/fail/", 500, "ERROR"),
    ]
    assert lines[0]["message"] == f"GET /plain/order/5/ 200 in {lines[0]['duration']:.0f} ms"
    file.unlink()
    python(REQUESTS, chosen)
    assert [(r["method"], r["endpoint"], r["status"]) for r in read(file)] == [
        ("GET", "plain/order/<int:number>/", "200"),
        ("GET", "unmatched", "404"),
        ("POST", "fail/", "500"),
    ]
    assert not any("path" in line for line in read(file))


def test_the_console_shows_each_once(environment: dict[str, str]) -> None:
    """In the form for people: method, route, status, duration, then what else is known."""
    out = python(REQUESTS, environment | {"LABOTEL_REQUEST_LOG": "on", "LABOTEL_CONSOLE": "pretty"})
    heads = [line for line in out.splitlines() if "ms" in line and "GET" in line]
    assert len(heads) == 2
    assert "plain/order/<int:number>/" in heads[0] and "path=/plain/order/5/" in heads[0]
    assert out.count("POST") == 1
