"""`collector/run`: what it says of bad input, and what it starts with which environment."""

import json
import os
import shutil
import socket
import subprocess
from pathlib import Path
from typing import Any

import pytest

from .collector import COLLECTOR, ports, run
from .collector_fixtures import Start, collector, sink, small_disk
from .collector_postgresql import told
from .collector_sink import eventually

__all__ = ["collector", "sink", "small_disk"]

TOKEN = "a-token-of-the-tests"
EVERYTHING = {
    "OTLP_TOKEN": TOKEN, "HOST_METRICS": "1", "CONTAINERS": "1", "REDIS_ENDPOINT": "redis:6379",
    "POSTGRESQL_ENDPOINT": "db:5432", "POSTGRESQL_PASSWORD": "x", "POSTGRESQL_STATEMENTS": "1",
    "NGINX_STATUS_URL": "http://nginx:8081/status", "NGINX_LOGS": "/", "SYSLOG_FILE": "/dev/null",
    "SYSLOG_LISTEN": "127.0.0.1:5514", "TAIL_SAMPLING_PERCENT": "12.5", "BALANCE_HOST": "tier-2",
    "DOCKER_ENDPOINT": "tcp://docker:2375", "CHECK_URLS": "https://lab.example/",
}  # fmt: skip
SECRETS = [
    "12345678901234567890", "1e400", "null", "true", "{1: 2}", "a: {1: 2}", "[1", "- a", "'quoted'",
    "0$$w${HOME}$HOME'\"\\ #x: y ", "$",
]  # fmt: skip


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


def _resolved(tmp_path: Path, binary: Path, **environment: str) -> dict[str, Any]:
    """The configuration that the Collector reads, with all values in it."""
    prints = tmp_path / "prints"
    options = "--mode=unredacted --format=json"
    prints.write_text(f'#!/bin/sh\nshift\nexec {binary} print-config {options} "$@"\n')
    prints.chmod(0o755)
    code, said = run(prints, "validate", **environment)
    assert code == 0, said
    configuration: dict[str, Any] = json.loads(said)
    return configuration


@pytest.mark.parametrize("secret", SECRETS)
def test_a_secret_arrives_as_it_is(collector_binary: Path, tmp_path: Path, secret: str) -> None:
    """Whatever YAML, or the Collector's own variables, would make of it."""
    redis = {"REDIS_ENDPOINT": "redis:6379", "REDIS_USERNAME": secret, "REDIS_PASSWORD": secret}
    read = _resolved(tmp_path, collector_binary, **redis)["receivers"]["redis"]
    assert (read["username"], read["password"]) == (secret, secret)


def test_digits_are_a_text(collector_binary: Path, tmp_path: Path) -> None:
    """Of a token, also where it is sent on, of a name, and of a database."""
    digits = "12345678901234567890"
    environment = EVERYTHING | {"COLLECTOR_INSTANCE": "12", "POSTGRESQL_DATABASES": "[12, two]"}
    read = _resolved(tmp_path, collector_binary, **environment | {"OTLP_TOKEN": digits})
    assert read["extensions"]["bearertokenauth"]["token"] == digits
    sends = read["exporters"]["loadbalancing"]["protocol"]["otlp"]["headers"]
    assert sends["authorization"] == f"Bearer {digits}"
    assert read["service"]["telemetry"]["resource"]["service.instance.id"] == "12"
    for receiver in ("postgresql", "postgresql/statements"):
        assert read["receivers"][receiver]["databases"] == ["12", "two"]


@pytest.mark.parametrize(
    "given",
    [
        "https://a.example/x?y=1&z=%20,http://[::1]:80",
        "[https://a.example/x?y=1&z=%20, http://[::1]:80]",
        " https://a.example/x?y=1&z=%20  http://[::1]:80 ",
    ],
)
def test_urls_are_a_list(collector_binary: Path, tmp_path: Path, given: str) -> None:
    """Between commas or blanks, or as the list that the Collector itself would read."""
    read = _resolved(tmp_path, collector_binary, CHECK_URLS=given)["receivers"]["httpcheck"]
    expected = ["https://a.example/x?y=1&z=%20", "http://[::1]:80"]
    assert [target["endpoints"] for target in read["targets"]] == [expected]


def test_postgresql_is_told_the_password_as_it_is(collector: Start) -> None:
    """With blanks, quotes and backslashes, through the receiver's connection string."""
    user, password = "the 'one'", "a b' \\c\" d= $HOME ${HOME} {1: 2} #e"
    with told() as (port, found):
        collector(
            POSTGRESQL_ENDPOINT=f"127.0.0.1:{port}", POSTGRESQL_USERNAME=user,
            POSTGRESQL_PASSWORD=password,
        )  # fmt: skip
        assert eventually(lambda: found)[0] == (user, password)


def test_what_is_empty_is_as_if_it_were_not_set(collector_binary: Path, tmp_path: Path) -> None:
    """The Collector alone would take nothing for the value."""
    names = ("LOKI_URL", "QUEUE_LOGS", "DERIVED_INTERVAL", "COLLECTOR_INSTANCE", "HEALTH_LISTEN")
    empty = _resolved(tmp_path, collector_binary, **dict.fromkeys(names, ""))
    assert empty == _resolved(tmp_path, collector_binary)


def test_it_is_found_through_a_link(tmp_path: Path) -> None:
    """From a folder of commands, say."""
    link = tmp_path / "labotel-run"
    link.symlink_to(COLLECTOR / "run")
    said = subprocess.check_output(
        [link, "validate"], env={"COLLECTOR_BINARY": "/bin/echo", "PATH": os.environ["PATH"]}
    )
    assert f"--config={COLLECTOR / 'config.yaml'}" in said.decode()


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
        given = ports() | {"OTLP_HTTP_LISTEN": taken, "OTLP_TOKEN": TOKEN}
        code, said = run(collector_binary, COLLECTOR_STORAGE=str(tmp_path), **given)
    assert (code, said.count("\n")) == (2, 1)
    assert f"OTLP_HTTP_LISTEN is '{taken}': address already in use" in said
    assert "set OTLP_HTTP_LISTEN to another port" in said


def test_a_storage_that_cannot_be_written_is_named(collector_binary: Path, tmp_path: Path) -> None:
    """A folder that cannot be made."""
    (tmp_path / "file").touch()
    storage = str(tmp_path / "file" / "storage")
    code, said = run(collector_binary, COLLECTOR_STORAGE=storage, **ports())
    assert (code, said.count("\n")) == (2, 1)
    assert f"COLLECTOR_STORAGE is '{storage}', where" in said and "cannot write" in said


def test_a_full_disk_is_named(collector_binary: Path, small_disk: Path) -> None:
    """With what is free on it, what is needed, and what to do."""
    (small_disk / "filler").write_bytes(bytes(4 * 1024 * 1024))
    assert shutil.disk_usage(small_disk).free == 0
    code, said = run(collector_binary, COLLECTOR_STORAGE=str(small_disk), **ports())
    assert (code, said.count("\n")) == (2, 1)
    assert f"COLLECTOR_STORAGE is '{small_disk}', and its disk has 0 MB free; 64 are needed" in said
    assert "make room there" in said
