"""The addresses, files and self-diagnosis that the fifth system asks for."""

import json
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from running import labotel
from systems.played import Played

TOKEN = {"Authorization": "Bearer sesame"}


def ask(played: Played, path: str, **more: Any) -> requests.Response:
    """Ask as a program does that has the token."""
    return requests.get(played.application.address + path, headers=TOKEN, timeout=30, **more)


def test_metrics_are_json_and_text(played: Played) -> None:
    """At /metrics, and at /metrics/prometheus."""
    assert "scitrace_commands_total" in json.dumps(ask(played, "/metrics").json())
    text = ask(played, "/metrics/prometheus")
    assert text.headers["Content-Type"].startswith("text/plain")
    assert "# TYPE scitrace_commands_total counter" in text.text


def test_health_has_each_checks_detail(played: Played) -> None:
    """The database with its size, resources, the file system and its room."""
    answer = ask(played, "/health")
    assert answer.status_code == 200
    found = answer.json()["checks"]
    assert {"database", "resources", "disk"} <= found.keys()
    assert "MB" in found["database"]["detail"]
    assert all(one["status"] in ("healthy", "warning") for one in found.values())


@pytest.fixture
def data(played: Played) -> Iterator[Path]:
    """The data folder; it is back afterwards."""
    folder = played.application.work / "data"
    away = folder.with_name("away")
    yield folder
    if away.exists():
        away.rename(folder)


def test_a_folder_that_is_gone_is_not_found(played: Played, data: Path) -> None:
    """And the whole is unhealthy: 503."""
    data.rename(data.with_name("away"))
    answer = ask(played, "/health")
    assert answer.status_code == 503
    assert "not_found" in answer.json()["checks"]["disk"]["detail"]


def test_a_large_database_is_a_warning(played: Played) -> None:
    """Over 100 MB: 200 all the same."""
    file = played.application.work / "research.sqlite3"
    with sqlite3.connect(file) as made:
        made.execute("CREATE TABLE large (filled BLOB)")
        made.executemany("INSERT INTO large VALUES (zeroblob(?))", [(1 << 20,)] * 110)
    try:
        answer = ask(played, "/health")
        assert answer.status_code == 200
        assert answer.json()["checks"]["database"]["status"] == "warning"
    finally:
        with sqlite3.connect(file) as made:
            made.execute("DROP TABLE large")
        made.execute("VACUUM")
        made.close()


def test_records_of_each_kind_stand_in_their_files(played: Played) -> None:
    """Requests and commands in one, errors in another, performance in a third."""
    logs = played.application.work / "logs"
    lines = [json.loads(line) for line in (logs / "research.log").read_text().splitlines()]
    requested = [one for one in lines if one.get("type") == "request"]
    assert {"method", "path", "status_code", "duration"} <= requested[0].keys()
    assert any(one.get("event") == "research.datalad_operation" for one in lines)
    assert (logs / "errors.log").exists()
    timed = [json.loads(line) for line in (logs / "performance.log").read_text().splitlines()]
    assert timed and {one["type"] for one in timed} == {"performance"}


def test_the_self_diagnosis_names_what_is_not_set_up(played: Played) -> None:
    """`labotel doctor --list`: a line for each integration, with how to install what is missing."""
    done = labotel("doctor", "--list")
    assert done.returncode == 0
    assert "flask" in done.stdout and "sqlalchemy" in done.stdout


def test_flask_has_the_command(played: Played) -> None:
    """`flask labotel health` says the same as the page."""
    command = [sys.executable, "-m", "flask", "--app", "research.app", "labotel", "health",
               "--format=json"]  # fmt: skip
    done = subprocess.run(
        command, cwd=played.application.folder, env=played.application.told,
        capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    assert json.loads(done.stdout)["checks"].keys() >= {"database", "disk"}


def test_live_data_is_pushed_to_a_page(played: Played) -> None:
    """The status is a page that asks for itself anew."""
    page = ask(played, "/status", params={})
    shown = requests.get(
        f"{played.application.address}/status", headers={**TOKEN, "Accept": "text/html"}, timeout=10
    )
    assert page.json()["metrics"] and "<script" in shown.text
