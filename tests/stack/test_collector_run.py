"""`collector/run`: what it says of bad input, and what it starts with which environment."""

import shutil
import socket
from pathlib import Path

import pytest

from running import free_port

from .collector import COLLECTOR, run
from .collector_fixtures import small_disk

__all__ = ["small_disk"]

TOKEN = "a-token-of-the-tests"
EVERYTHING = {
    "OTLP_TOKEN": TOKEN, "HOST_METRICS": "1", "CONTAINERS": "1", "REDIS_ENDPOINT": "redis:6379",
    "POSTGRESQL_ENDPOINT": "db:5432", "POSTGRESQL_PASSWORD": "x", "POSTGRESQL_STATEMENTS": "1",
    "NGINX_STATUS_URL": "http://nginx:8081/status", "NGINX_LOGS": "/", "SYSLOG_FILE": "/dev/null",
    "SYSLOG_LISTEN": "127.0.0.1:5514", "TAIL_SAMPLING_PERCENT": "12.5", "BALANCE_HOST": "tier-2",
    "DOCKER_ENDPOINT": "tcp://docker:2375",
}  # fmt: skip


def _ports() -> dict[str, str]:
    names = ("OTLP_GRPC_LISTEN", "OTLP_HTTP_LISTEN", "HEALTH_LISTEN")
    return {name: f"127.0.0.1:{free_port()}" for name in names}


def _arguments(tmp_path: Path, **environment: str) -> list[str]:
    """What `run` would start the Collector with."""
    shows = tmp_path / "shows"
    shows.write_text('#!/bin/sh\nprintf "%s\\n" "$@"\n')
    shows.chmod(0o755)
    code, said = run(shows, "validate", **environment)
    assert code == 0, said
    return said.splitlines()


def test_everything_that_is_named_is_added(collector_binary: Path, tmp_path: Path) -> None:
    """With everything in the environment every overlay is added, and the whole is valid."""
    files = [part for part in _arguments(tmp_path, **EVERYTHING) if part.startswith("--config=")]
    named = {Path(file).name for file in files}
    assert named == {file.name for file in COLLECTOR.glob("*.yaml")} - {"manifest.yaml"}
    assert run(collector_binary, "validate", **EVERYTHING) == (0, "")


def test_nothing_is_added_that_is_not_named(tmp_path: Path) -> None:
    """An empty environment is config.yaml alone; what is off, or empty, adds nothing."""
    gate = "--feature-gates=stanza.synchronousLogEmitter"
    alone = ["validate", gate, f"--config={COLLECTOR / 'config.yaml'}"]
    assert _arguments(tmp_path) == alone
    off = {"HOST_METRICS": "0", "CONTAINERS": "", "NGINX_LOGS": "", "TAIL_SAMPLING_PERCENT": ""}
    assert _arguments(tmp_path, **off) == alone


def test_a_password_stays_what_it_is(tmp_path: Path) -> None:
    """The Collector would read `$$` as `$` and `${HOME}` as a variable: both are escaped."""
    shows = tmp_path / "shows"
    shows.write_text('#!/bin/sh\nprintf %s "$REDIS_PASSWORD"\n')
    shows.chmod(0o755)
    password = "0$$w${HOME}'\"\\ x"
    said = run(shows, "validate", REDIS_ENDPOINT="redis:6379", REDIS_PASSWORD=password)
    assert said == (0, password.replace("$", "$$"))


@pytest.mark.parametrize(
    ("environment", "says"),
    [
        ({"OTLP_TOKEN": ""}, "OTLP_TOKEN is set and empty"),
        ({"OTLP_TOKEN": "canary"}, "OTLP_TOKEN has 6 characters, and must have 16 or more"),
        ({"OTLP_TOKEN": "canary canary canary"}, "OTLP_TOKEN has characters that a bearer"),
        ({"HEALTH_LISTEN": "13133"}, "HEALTH_LISTEN is '13133', and must be an address and a port"),
        ({"HEALTH_LISTEN": "x:70000"}, "HEALTH_LISTEN is 'x:70000', and its port must be a number"),
        ({"HEALTH_LISTEN": "127.0.0.1:4317"}, "HEALTH_LISTEN is '127.0.0.1:4317', and another of"),
        ({"LOKI_URL": "loki:3100"}, "LOKI_URL is 'loki:3100', and must begin with http://"),
        ({"QUEUE_LOGS": "many"}, "QUEUE_LOGS is 'many', and must be a whole number"),
        ({"QUEUE_SPANS": "999"}, "QUEUE_SPANS is '999', and must be 1000 or more"),
        ({"MEMORY_LIMIT_MIB": "100"}, "MEMORY_LIMIT_MIB is '100', and must be more than 128"),
        ({"TAIL_SAMPLING_PERCENT": "101"}, "TAIL_SAMPLING_PERCENT is '101', and must be a number"),
        ({"HOST_METRICS": "yes"}, "HOST_METRICS is 'yes', and must be 1 (on) or 0 (off)"),
        ({"NGINX_LOGS": "/not/there"}, "NGINX_LOGS is '/not/there', which is not there or cannot"),
        ({"POSTGRESQL_ENDPOINT": "db:5432"}, "POSTGRESQL_ENDPOINT is set and POSTGRESQL_PASSWORD"),
        ({"POSTGRESQL_STATEMENTS": "1"}, "POSTGRESQL_STATEMENTS is 1 and POSTGRESQL_ENDPOINT is"),
        (
            {"CONTAINERS": "1", "DOCKER_ENDPOINT": "unix:///not/there.sock"},
            "DOCKER_ENDPOINT is 'unix:///not/there.sock', a socket that is not there",
        ),
    ],
)
def test_bad_input_gets_one_line(
    collector_binary: Path, environment: dict[str, str], says: str
) -> None:
    """It names the variable, its value and what is allowed; of a token, not the value."""
    code, said = run(collector_binary, **environment)
    assert code == 2
    assert said.startswith(f"labotel-collector: {says}"), said
    assert said.count("\n") == 1
    assert "canary" not in said


def test_a_missing_binary_is_named() -> None:
    """And how to get it."""
    code, said = run("/not/there/otelcol")
    assert (code, said.count("\n")) == (2, 1)
    assert "no '/not/there/otelcol'" in said and "make engines" in said


def test_listening_to_others_without_a_token_warns(collector_binary: Path) -> None:
    """A warning for each door, and none where a token is required."""
    doors = {"OTLP_GRPC_LISTEN": "0.0.0.0:4317", "OTLP_HTTP_LISTEN": "[::]:4318"}
    code, said = run(collector_binary, "validate", **doors)
    assert code == 0
    assert "warning: OTLP_GRPC_LISTEN is '0.0.0.0:4317', which others can reach" in said
    assert "warning: OTLP_HTTP_LISTEN is '[::]:4318', which others can reach" in said
    assert run(collector_binary, "validate", OTLP_TOKEN=TOKEN, **doors) == (0, "")


@pytest.mark.parametrize("host", ["127.0.0.1", "0.0.0.0", "localhost"])
def test_a_taken_port_is_named(collector_binary: Path, tmp_path: Path, host: str) -> None:
    """One line, with the variable to set, before the Collector is started."""
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        taken = f"{host}:{other.getsockname()[1]}"
        ports = _ports() | {"OTLP_HTTP_LISTEN": taken, "OTLP_TOKEN": TOKEN}
        code, said = run(collector_binary, COLLECTOR_STORAGE=str(tmp_path), **ports)
    assert (code, said.count("\n")) == (2, 1)
    assert f"OTLP_HTTP_LISTEN is '{taken}': address already in use" in said
    assert "set OTLP_HTTP_LISTEN to another port" in said


def test_a_storage_that_cannot_be_written_is_named(collector_binary: Path, tmp_path: Path) -> None:
    """A folder that cannot be made."""
    (tmp_path / "file").touch()
    storage = str(tmp_path / "file" / "storage")
    code, said = run(collector_binary, COLLECTOR_STORAGE=storage, **_ports())
    assert (code, said.count("\n")) == (2, 1)
    assert f"COLLECTOR_STORAGE is '{storage}', where" in said and "cannot write" in said


def test_a_full_disk_is_named(collector_binary: Path, small_disk: Path) -> None:
    """With what is free on it, what is needed, and what to do."""
    (small_disk / "filler").write_bytes(bytes(4 * 1024 * 1024))
    assert shutil.disk_usage(small_disk).free == 0
    code, said = run(collector_binary, COLLECTOR_STORAGE=str(small_disk), **_ports())
    assert (code, said.count("\n")) == (2, 1)
    assert f"COLLECTOR_STORAGE is '{small_disk}', and its disk has 0 MB free; 64 are needed" in said
    assert "make room there" in said
