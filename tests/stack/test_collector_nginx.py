"""What nginx logs becomes the JSON lines that people's queries read, and tells of nobody."""

import base64
import http.client
import json
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from .collector_fixtures import Start, collector, sink
from .collector_nginx import Nginx
from .collector_sink import Sink, eventually
from .collector_sources import OFFSET

__all__ = ["collector", "sink"]

CANARY = "canary"
OTHER = "a line of another format"
TRACE, SPAN = "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"
CLIENT = "203.0.113.77"
COMBINED = (
    f'{CLIENT} - {CANARY}-user [23/Nov/2026:01:02:03 +0100] "GET /old/%40x?q={CANARY} HTTP/1.1"'
    f' 404 12 "http://{CANARY}/" "{CANARY}-agent"'
)
NO_REQUEST = f'{CLIENT} - - [23/Nov/2026:01:02:04 +0100] "\\x16\\x03\\x01{CANARY}" 400 150 "-" "-"'
ABSOLUTE = (
    f'2001:db8::7 - - [23/Nov/2026:01:02:05 +0100] "GET http://{CANARY}:x@site/a?{CANARY} HTTP/1.1"'
    f' 200 0 "-" "-" "{CLIENT}"'
)


@pytest.fixture
def nginx(tmp_path: Path) -> Iterator[Nginx]:
    made = Nginx(tmp_path / "nginx")
    made.start()
    yield made
    made.stop()


def _get(nginx: Nginx, path: str, **headers: str) -> tuple[int, str]:
    """Ask as a person with much to say of themselves."""
    told = {"User-Agent": f"{CANARY}-agent", "Referer": f"http://{CANARY}/"} | headers
    request = urllib.request.Request(nginx.url + path, headers=told)
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


def _basic(user: str) -> str:
    return "Basic " + base64.b64encode(f"{user}:open".encode()).decode()


def _seconds(text: str) -> float:
    return datetime.fromisoformat(text).astimezone(UTC).timestamp()


def _tells_of_nobody(sink: Sink, log: Path) -> None:
    """Neither what is sent nor what the Collector says of itself may."""
    for canary in (CANARY, CLIENT, "2001:db8"):
        assert canary.encode() not in sink.raw()
        assert canary not in log.read_text()


def test_requests_arrive_once_over_a_restart(collector: Start, sink: Sink, nginx: Nginx) -> None:
    """nginx's requests before, between and after two Collectors: each is one line, of its trace."""
    running = collector(NGINX_LOGS=str(nginx.logs))
    parent = f"00-{TRACE}-{SPAN}-01"
    status, headers = _get(nginx, f"/protocols/?q={CANARY}", traceparent=parent)
    assert status == 200 and f"traceparent: {parent}" in headers
    assert f"host: 127.0.0.1:{nginx.port}" in headers
    eventually(lambda: sink.lines("nginx-access"))
    running.stop()
    _get(nginx, f"/between/500?{CANARY}")
    (nginx.logs / "labotel.access.log").rename(nginx.logs / "labotel.access.log.1")
    nginx.reopen()
    _get(nginx, "/rotated/", traceparent=f"{CANARY}{parent}")
    running.start()
    _get(nginx, f"/after/404?{CANARY}")
    eventually(lambda: len(sink.lines("nginx-access")) >= 4)
    running.stop()

    lines = {line.line["path"]: line for line in sink.lines("nginx-access")}
    assert len(sink.lines("nginx-access")) == 4
    assert set(lines) == {"/protocols/", "/between/500", "/rotated/", "/after/404"}
    assert [lines[path].line["status"] for path in ("/protocols/", "/after/404")] == [200, 404]
    levels = {path: (line.severity, line.line["level"]) for path, line in lines.items()}
    assert levels["/protocols/"] == levels["/rotated/"] == (9, "INFO")
    assert levels["/between/500"] == (17, "ERROR")
    assert levels["/after/404"] == (13, "WARN")
    first = lines["/protocols/"]
    assert (first.trace_id, first.span_id, first.line["trace_id"]) == (TRACE, SPAN, TRACE)
    assert lines["/rotated/"].trace_id == ""
    assert first.service == "nginx" and first.line["method"] == "GET"
    assert first.line["message"] == "GET /protocols/ 200"
    assert isinstance(first.line["duration"], int) and 0 <= first.line["duration"] < 5000
    assert first.line["bytes"] > 0
    assert set(first.line) == {
        "method", "path", "status", "duration", "bytes", "request_id",
        "timestamp", "level", "trace_id", "span_id", "message", OFFSET,
    }  # fmt: skip
    assert CANARY.encode() not in sink.raw()


def test_nginx_and_its_host_are_measured(collector: Start, sink: Sink, nginx: Nginx) -> None:
    """stub_status and the machine, each with the `job` and `instance` that keep series apart."""
    status = f"http://127.0.0.1:{nginx.status_port}/status"
    named = {"OTEL_RESOURCE_ATTRIBUTES": "host.name=web-7"}
    collector(NGINX_STATUS_URL=status, HOST_METRICS="1", **named)
    requests = eventually(lambda: sink.points("nginx.requests"))
    assert (requests[0]["service.name"], requests[0]["service.instance.id"]) == ("nginx", status)
    for metric in ("system.cpu.time", "system.memory.usage", "system.network.io"):
        points = eventually(lambda metric=metric: sink.points(metric))
        assert {(point["service.name"], point["service.instance.id"]) for point in points} == {
            ("host", "web-7")
        }


def test_the_status_is_for_its_network_alone(nginx: Nginx) -> None:
    """The Collector may be in another container: STATUS_NETWORK says from where one may ask."""

    def answer(asker: str) -> int:
        one = http.client.HTTPConnection(
            "127.0.0.1", nginx.status_port, timeout=10, source_address=(asker, 0)
        )
        with closing(one):
            one.request("GET", "/status")
            return one.getresponse().status

    assert (answer("127.0.0.1"), answer("127.0.0.2")) == (200, 403)


def test_nginxs_own_format_is_read_too(collector: Start, sink: Sink, tmp_path: Path) -> None:
    """`combined` lines give the same fields, without a duration."""
    (tmp_path / "access.log").write_text(f"{COMBINED}\n{NO_REQUEST}\n{ABSOLUTE}\n")
    running = collector(NGINX_LOGS=str(tmp_path))
    eventually(lambda: len(sink.lines()) == 3)
    request, nothing, absolute = sink.lines("nginx-access")
    assert request.at == _seconds("2026-11-23T01:02:03+01:00")
    said = {name: request.line[name] for name in ("method", "path", "status", "bytes", "level")}
    assert said == {
        "method": "GET", "path": "/old/@x", "status": 404, "bytes": 12, "level": "WARN",
    }  # fmt: skip
    assert "duration" not in request.line
    assert (nothing.line["status"], nothing.line["message"]) == (400, "- - 400")
    assert absolute.line["path"] == "/a"
    _tells_of_nobody(sink, running.log)


def test_json_of_any_type_is_read(collector: Start, sink: Sink, tmp_path: Path) -> None:
    """Numbers are read like texts, what is no such value is left out, and nothing goes wrong."""
    told = dict.fromkeys(("remote_addr", "remote_user", "http_referer", "args", "agent"), CANARY)
    cases: list[tuple[dict[str, object], dict[str, object]]] = [
        (
            {"time": 1795399138.319, "method": "GET", "path": f"/n?{CANARY}", "status": 404}
            | {"request_time": 1.5, "bytes": 1048576},
            {"method": "GET", "path": "/n", "status": 404, "duration": 1500, "bytes": 1048576}
            | {"level": "WARN", "message": "GET /n 404"},
        ),
        (
            {"time": 1795399138, "path": {CANARY: CANARY}, "status": "500", "request_time": 0},
            {"status": 500, "duration": 0, "level": "ERROR", "message": "- - 500"},
        ),
        ({"status": int("4" * 20), "bytes": "9" * 20, "path": "/"},
         {"path": "/", "message": "- / -"}),
        ({"status": 4e300, "request_time": 1e300, "bytes": 1.5}, {"message": OTHER}),
        ({"method": ["x"], "request_id": [CANARY], "traceparent": [CANARY], "time": {"a": 1}},
         {"message": OTHER}),
        ({"method": f"GET {CANARY}", "status": True, "request_time": 0.00001},
         {"duration": 0, "message": OTHER}),
        (dict.fromkeys(("time", "method", "path", "status", "request_time", "bytes")),
         {"message": OTHER}),
    ]  # fmt: skip
    lines = [json.dumps(written | told) for written, _ in cases]
    (tmp_path / "access.log").write_text("".join(f"{line}\n" for line in lines))
    running = collector(NGINX_LOGS=str(tmp_path))
    eventually(lambda: len(sink.lines()) == len(cases))
    assert [one.at for one in sink.lines()] == [1795399138.319, 1795399138, 0, 0, 0, 0, 0]
    where = {OFFSET, "timestamp"}
    read = [{key: of for key, of in one.line.items() if key not in where} for one in sink.lines()]
    assert read == [expected for _, expected in cases]
    running.stop()
    _tells_of_nobody(sink, running.log)
    assert "expr" not in running.log.read_text()  # no operator failed


def test_a_line_of_another_format_tells_nothing(
    collector: Start, sink: Sink, tmp_path: Path
) -> None:
    """Nobody knows where an address or a user stands in it: only that there was a line goes on."""
    cut = '{"time":"1795399138.319","method":"GET","path":"/","user":"' + CANARY
    common = COMBINED.partition(' "http://')[0]
    lines = [common, cut, "{" + CANARY, f"from {CLIENT} by {CANARY}", f"[1, {CANARY!r}]"]
    (tmp_path / "access.log").write_text("".join(f"{line}\n" for line in lines))
    (tmp_path / "error.log").write_text(f"PHP message: {CANARY} of {CLIENT}\nstack of {CANARY}\n")
    running = collector(NGINX_LOGS=str(tmp_path))
    eventually(lambda: len(sink.lines()) == len(lines) + 2)
    running.stop()
    for line in sink.lines():
        assert line.line == {"message": OTHER, OFFSET: line.line[OFFSET]}
        assert line.at == 0  # Loki takes the time of reading
    _tells_of_nobody(sink, running.log)


def test_durations_are_milliseconds(collector: Start, sink: Sink, tmp_path: Path) -> None:
    """The same unit as the application's slow queries; nginx writes seconds."""
    line = {
        "time": "1795399138.319", "method": "GET", "path": "/", "status": "009",
        "bytes": "0", "request_id": "0" * 32, "traceparent": "", "extra": CANARY,
    }  # fmt: skip
    times = {"1.001": 1001, "0.057": 57, "0.000": 0, "61.5": 61500}
    written = [json.dumps(line | {"request_time": time}) for time in times]
    (tmp_path / "access.log").write_text("\n".join(written) + "\n")
    collector(NGINX_LOGS=str(tmp_path))
    eventually(lambda: len(sink.lines()) == len(times))
    assert [line.line["duration"] for line in sink.lines()] == list(times.values())
    assert {(line.line["status"], line.line["level"], line.at) for line in sink.lines()} == {
        (9, "INFO", 1795399138.319)
    }
    assert CANARY.encode() not in sink.raw()


def test_errors_say_nothing_of_the_client(collector: Start, sink: Sink, nginx: Nginx) -> None:
    """nginx's error log: the message, its level, the path; not who asked, nor what for."""
    running = collector(NGINX_LOGS=str(nginx.logs))
    assert _get(nginx, f"/prometheus/?{CANARY}")[0] == 401
    assert _get(nginx, f"/prometheus/?{CANARY}", Authorization=_basic(CANARY))[0] == 401
    assert _get(nginx, "/prometheus/api", Authorization=_basic("admin"))[0] == 200
    nginx.application.shutdown()
    nginx.application.server_close()
    assert _get(nginx, f"/gone?{CANARY}")[0] == 502
    eventually(lambda: len(sink.lines("nginx-error")) == 2)
    running.stop()
    unknown, gone = sink.lines("nginx-error")
    assert unknown.line["message"] == 'user "****"'
    refused = "connect() failed (111: Connection refused) while connecting to upstream"
    assert (gone.line["message"], gone.line["level"], gone.severity) == (refused, "ERROR", 17)
    assert (gone.line["method"], gone.line["path"]) == ("GET", "/gone")
    port = nginx.application.server_port
    assert gone.line["upstream"] == f"http://127.0.0.1:{port}"
    assert CANARY.encode() not in sink.raw()


def test_messages_about_a_connection_quote_nothing(
    collector: Start, sink: Sink, tmp_path: Path
) -> None:
    """What nginx repeats of a client is masked, and an address in any line; a time is none."""
    begins = "2026/11/23 01:02:03 [%s] 12#12: "
    (tmp_path / "error.log").write_text(
        begins % "notice" + 'signal process started, "as is", at 01:02:03\n'
        + begins % "alert" + f"recv() failed (104: Connection reset by peer) {CLIENT}\n"
        + begins % "warn" + f"of [2001:db8::7]:80 and ::ffff:{CLIENT} and 2001:db8:1:2:3:4:5:6\n"
        + begins % "info" + f"*7 client {CLIENT} closed keepalive connection\n"
        + begins % "info" + f'*8 client sent invalid header line: "X: {CANARY}" and\n'
        + begins % "crit" + f'*9 open() "/srv/{CANARY}, client: {CLIENT}, server: _, request: "GE\n'
        + begins % "error" + f'*9 FastCGI sent in stderr: "PHP message: {CANARY}\n'
    )  # fmt: skip
    running = collector(NGINX_LOGS=str(tmp_path))
    eventually(lambda: len(sink.lines()) == 7)
    running.stop()
    assert [(line.line.get("level"), line.line["message"]) for line in sink.lines()] == [
        ("INFO", 'signal process started, "as is", at 01:02:03'),
        ("FATAL", "recv() failed (104: Connection reset by peer) ****"),
        ("WARN", "of [****]:80 and **** and ****"),
        ("INFO", "client **** closed keepalive connection"),
        ("INFO", 'client sent invalid header line: "****" and'),
        ("FATAL", 'open() "****"'),
        ("ERROR", 'FastCGI sent in stderr: "****"'),
    ]
    assert sink.lines()[0].at == _seconds("2026-11-23T01:02:03+00:00")
    _tells_of_nobody(sink, running.log)
