"""Log files and syslog become the JSON lines that people's queries read, each once."""

import base64
import json
import socket
import urllib.error
import urllib.request
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from running import free_port

from . import collector_docker as docker
from .collector_fixtures import Start, collector, sink
from .collector_nginx import Nginx
from .collector_sink import Sink, eventually

__all__ = ["collector", "sink"]

CANARY = "canary"
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
        "timestamp", "level", "trace_id", "span_id", "message",
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


def test_nginxs_own_format_is_read_too(collector: Start, sink: Sink, tmp_path: Path) -> None:
    """`combined` lines give the same fields, without a duration; a line that is neither stays."""
    (tmp_path / "access.log").write_text(
        f"{COMBINED}\n{NO_REQUEST}\n{ABSOLUTE}\nof {CLIENT} and 2001:db8::7 at /x?q={CANARY} else\n"
    )
    collector(NGINX_LOGS=str(tmp_path))
    eventually(lambda: len(sink.lines()) == 4)
    request, nothing, absolute, other = sink.lines("nginx-access")
    assert request.at == _seconds("2026-11-23T01:02:03+01:00")
    said = {name: request.line[name] for name in ("method", "path", "status", "bytes", "level")}
    assert said == {
        "method": "GET", "path": "/old/@x", "status": 404, "bytes": 12, "level": "WARN",
    }  # fmt: skip
    assert "duration" not in request.line
    assert (nothing.line["status"], nothing.line["message"]) == (400, "- - 400")
    assert absolute.line["path"] == "/a"
    assert other.line == {"message": "of **** and **** at /x?**** else"}
    for canary in (CANARY, CLIENT, "2001:db8"):
        assert canary.encode() not in sink.raw()


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
    """What nginx repeats of a client is masked; its lines about itself stay as they are."""
    begins = "2026/11/23 01:02:03 [%s] 12#12: "
    (tmp_path / "error.log").write_text(
        begins % "notice" + 'signal process started, "as is", 192.0.2.1\n'
        + begins % "info" + f"*7 client {CLIENT} closed keepalive connection\n"
        + begins % "info" + f'*8 client sent invalid header line: "X: {CANARY}" and\n'
        + begins % "crit" + f'*9 open() "/srv/{CANARY}, client: {CLIENT}, server: _, request: "GE\n'
        + f"a line of nobody's, {CLIENT}\n"
    )  # fmt: skip
    collector(NGINX_LOGS=str(tmp_path))
    eventually(lambda: len(sink.lines()) == 5)
    assert [(line.line.get("level"), line.line["message"]) for line in sink.lines()] == [
        ("INFO", 'signal process started, "as is", 192.0.2.1'),
        ("INFO", "client **** closed keepalive connection"),
        ("INFO", 'client sent invalid header line: "****" and'),
        ("FATAL", 'open() "****"'),
        (None, "a line of nobody's, ****"),
    ]
    assert sink.lines()[0].at == _seconds("2026-11-23T01:02:03+00:00")
    assert CANARY.encode() not in sink.raw() and CLIENT.encode() not in sink.raw()


def test_syslog_from_a_file(collector: Start, sink: Sink, tmp_path: Path) -> None:
    """Both of Debian's formats, once over a restart; another line stays as it is."""
    file = tmp_path / "syslog"
    file.write_text(
        "2026-11-23T01:02:03.500000+01:00 web-1 kernel: [12.5] eth0: link up\n"
        "Nov  3 01:02:03 web-1 cron[99]: (root) CMD (true)\n"
    )
    running = collector(SYSLOG_FILE=str(file))
    eventually(lambda: len(sink.lines()) == 2)
    running.stop()
    with file.open("a") as more:
        more.write("something else\n")
    running.start()
    eventually(lambda: len(sink.lines()) == 3)
    running.stop()
    new, old, other = sink.lines("syslog")
    assert new.at == _seconds("2026-11-23T01:02:03.5+01:00")
    assert (new.line["program"], new.line["message"]) == ("kernel", "[12.5] eth0: link up")
    assert (old.line["program"], old.line["message"]) == ("cron", "(root) CMD (true)")
    assert (new.resource["host.name"], old.service) == ("web-1", "syslog")
    assert datetime.fromtimestamp(old.at, UTC).strftime("%m-%d %H:%M:%S") == "11-03 01:02:03"
    assert other.line == {"message": "something else"}


def test_syslog_from_the_network(collector: Start, sink: Sink) -> None:
    """RFC 5424 by TCP and UDP, with its severity; an older line stays as it is."""
    port = free_port()
    collector(SYSLOG_LISTEN=f"127.0.0.1:{port}")
    message = '<{}>1 2026-11-23T01:02:03.5Z web-2 sshd 12 - [x@1 a="b"] by {}'
    with socket.create_connection(("127.0.0.1", port)) as tcp:
        tcp.sendall((message.format(35, "TCP") + "\n<13>Nov  3 01:02:03 web su: old\n").encode())
        eventually(lambda: len(sink.lines()) == 2)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp:
        udp.sendto(message.format(38, "UDP").encode(), ("127.0.0.1", port))
    eventually(lambda: len(sink.lines()) == 3)
    lines = {line.line["message"]: line for line in sink.lines("syslog")}
    for text, severity in {"by TCP": 17, "by UDP": 9}.items():
        assert (lines[text].severity, lines[text].line["program"]) == (severity, "sshd")
        assert lines[text].at == _seconds("2026-11-23T01:02:03.5+00:00")
        assert lines[text].resource["host.name"] == "web-2"
    assert "<13>Nov  3 01:02:03 web su: old" in lines


def test_what_containers_print_and_use(collector: Start, sink: Sink, tmp_path: Path) -> None:
    """Pieces of a long line are one again, and what is used is of a container by its name."""
    folder = tmp_path / "containers" / docker.ID
    folder.mkdir(parents=True)
    at = {"stream": "stderr", "time": "2026-11-23T01:02:03.5Z", "attrs": {"tag": "web-1"}}
    pieces = ["a long", " line\n", "another\n"]
    (folder / f"{folder.name}-json.log").write_text(
        "".join(json.dumps({"log": piece} | at) + "\n" for piece in pieces)
    )
    own = folder.with_name("0123456789ab" + docker.ID[12:])
    own.mkdir()
    (own / "own-json.log").write_text(json.dumps({"log": "the Collector itself\n"} | at) + "\n")
    with docker.daemon() as endpoint:
        collector(
            CONTAINERS="1",
            CONTAINER_LOGS=str(folder.parent), DOCKER_ENDPOINT=endpoint, HOSTNAME="0123456789ab",
        )  # fmt: skip
        eventually(lambda: len(sink.lines()) >= 2)
        points = eventually(lambda: sink.points("container.memory.usage.total"))
    assert [line.line["message"] for line in sink.lines("docker-containers")] == [
        "a long line", "another",
    ]  # fmt: skip
    line = sink.lines()[0]
    assert (line.line["container.name"], line.line["container.id"]) == ("web-1", docker.ID[:12])
    assert (line.line["stream"], line.at) == ("stderr", _seconds("2026-11-23T01:02:03.5+00:00"))
    assert (points[0]["container"], points[0]["image"]) == ("web-1", "lab:1")
    assert points[0]["service.name"] == "docker"
