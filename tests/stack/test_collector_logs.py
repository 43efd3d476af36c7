"""Syslog and what containers print become the JSON lines that people's queries read."""

import json
import socket
from datetime import UTC, datetime
from pathlib import Path

from running import free_port

from . import collector_docker as docker
from .collector_fixtures import Start, collector, sink
from .collector_sink import Sink, eventually
from .collector_sources import OFFSET, environment, sources

__all__ = ["collector", "sink"]


def _seconds(text: str) -> float:
    return datetime.fromisoformat(text).astimezone(UTC).timestamp()


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
    length = len(file.read_text()) - len("something else\n")
    assert other.line == {"message": "something else", OFFSET: length}


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


def test_every_pipeline_masks(collector: Start, sink: Sink, tmp_path: Path) -> None:
    """An e-mail address in a path, in a message of syslog or of a container does not go on."""
    mail = "/of/canary%40example.org"
    files = sources(tmp_path)
    port = free_port()
    with environment(tmp_path) as named:
        for source in files:
            source.write(mail if source.job.startswith("nginx") else mail.replace("%40", "@"))
        running = collector(**named, SYSLOG_LISTEN=f"127.0.0.1:{port}")
        message = f"<35>1 2026-11-23T01:02:03.5Z web-2 sshd 12 - - {mail.replace('%40', '@')}"
        with socket.create_connection(("127.0.0.1", port)) as tcp:
            tcp.sendall(f"{message}\n".encode())
            eventually(lambda: len(sink.lines()) == len(files) + 1)
        running.stop()
    for source in files:
        assert {source.said(line) for line in sink.lines(source.job)} == {"/of/****"}, source.job
    assert len(sink.lines("syslog")) == 2
    assert b"canary" not in sink.raw() and "canary" not in running.log.read_text()
