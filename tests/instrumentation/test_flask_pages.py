"""The pages of a Flask application with SQLAlchemy, and its command."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from running import python

APP = """
import os
import labotel
from flask import Flask
from sqlalchemy import create_engine
from labotel.instrumentation.flask.pages import blueprint
from project.telemetry import catalog
labotel.configure(catalogs=[catalog])
app = Flask(__name__)
engine = create_engine(os.environ.get("APP_DATABASE", "sqlite://"))
app.register_blueprint(blueprint(
    metrics_format="json", prometheus="/metrics/prometheus", engines={"": engine},
    allowed=lambda request, permission: request.headers.get("X-User") == permission,
))
"""
ASK = """
import json
from app import app
KEY = {"Authorization": "Bearer sesame"}
def ask(path, method="GET", headers=KEY, **more):
    answer = app.test_client().open(path, method=method, headers=headers, **more)
    return [answer.status_code, answer.get_data(as_text=True), dict(answer.headers)]
RIGHT = {"metric": "orders_total", "value": 2, "labels": {"size": "small"}}
"""


@pytest.fixture
def flask(environment: dict[str, str], tmp_path: Path) -> Any:
    """Return the environment of the application."""
    (tmp_path / "app.py").write_text(APP)
    env = environment | {
        "LABOTEL_METRICS_ACCESS": "token", "LABOTEL_METRICS_TOKEN": "sesame",
        "LABOTEL_HEALTH_CHECKS": "database,disk",
    }  # fmt: skip
    env["PYTHONPATH"] += f":{tmp_path}"
    return env


def told(env: dict[str, str], body: str) -> Any:
    """Return what a body printed that asks for pages."""
    return json.loads(python(ASK + body, env))


def test_each_page_stands_where_it_was_asked_for(flask: dict[str, str]) -> None:
    """JSON at /metrics, Prometheus's text beside it, health, status and files; strangers: 403."""
    body = """
paths = ["/metrics", "/metrics/prometheus", "/status", "/metrics/export.csv", "/health/"]
page = ask("/status", headers={**KEY, "Accept": "text/html"})
print(json.dumps([[ask(p) for p in paths], [ask(p, headers={})[:2] for p in paths], page]))
"""
    known, strangers, page = told(flask, body)
    assert [answer[0] for answer in known] == [200] * 5
    assert json.loads(known[0][1])["metrics"]
    assert "# TYPE" in known[1][1]
    assert json.loads(known[2][1])["service"]["name"] == "project"
    assert known[3][1].startswith("metric,type,unit,labels,measure,value")
    assert set(json.loads(known[4][1])["checks"]) == {"database", "disk"}
    assert strangers[:4] == [[403, "forbidden\n"]] * 4
    assert strangers[4] == [200, '{\n  "status": "healthy"\n}']
    assert all("no-store" in answer[2]["Cache-Control"] for answer in known)
    assert "<main>" in page[1] and "'nonce-" in page[2]["Content-Security-Policy"]


def test_a_counter_is_added_to(flask: dict[str, str]) -> None:
    """By the token; what is wrong is told; no other site's page may, for who is signed in."""
    body = """
add = lambda given, **more: ask("/increment", "POST", json=given, **more)
user = {"X-User": "labotel.add_increment"}
print(json.dumps([
    add(RIGHT)[:2], add({**RIGHT, "value": 0})[:2], ask("/increment")[0], add(RIGHT, headers={})[0],
    add(RIGHT, headers=user)[0],
    add(RIGHT, headers={**user, "Origin": "http://localhost"})[0],
    add(RIGHT, headers={**user, "Origin": "https://evil.example"})[0],
    add(RIGHT, headers={**user, "Origin": "http://["})[0],
    add(RIGHT, headers={**user, "Sec-Fetch-Site": "cross-site"})[0],
    ask("/increment", "POST", data="metric=orders_total")[0],
    ask("/metrics/prometheus")[1],
]))
"""
    right, wrong, got, stranger, user, same, evil, none, cross, form, text = told(flask, body)
    assert right[0] == 200 and json.loads(right[1])["value"] == 2
    assert wrong[0] == 400 and json.loads(wrong[1])["what"] == "value"
    assert (got, stranger, user, same) == (405, 403, 200, 200)
    assert (evil, none, cross, form) == (403, 403, 403, 415)
    assert 'orders_total{size="small"} 6' in text


def test_a_database_that_is_away_or_big(flask: dict[str, str], tmp_path: Path) -> None:
    """503 where it is not there, a warning past the size that was set; no address is told."""
    body = "print(json.dumps(ask('/health')[:2]))"
    away = flask | {"APP_DATABASE": "postgresql+psycopg://petra:sesame-x@127.0.0.1:1/lab"}
    status, text = told(away, body)
    assert status == 503
    assert "OperationalError" in json.loads(text)["checks"]["database"]["detail"]
    assert "petra" not in text and "sesame" not in text
    big = """
from app import engine
with engine.begin() as connection:
    connection.exec_driver_sql("CREATE TABLE big AS SELECT zeroblob(100000)")
"""
    there = flask | {
        "APP_DATABASE": f"sqlite:///{tmp_path / 'db'}", "LABOTEL_HEALTH_DATABASE_SIZE": "50kB",
    }  # fmt: skip
    status, text = told(there, big + body)
    assert (status, json.loads(text)["status"]) == (200, "warning")
    assert "past 0.1 MB" in json.loads(text)["checks"]["database"]["detail"]


def test_the_command(flask: dict[str, str]) -> None:
    """`flask labotel`: add, show, and the health by the exit code."""

    def run(*words: str, **more: str) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            [sys.executable, "-m", "flask", "--app", "app", "labotel", *words],
            env=flask | more, capture_output=True, text=True, timeout=60, check=False,
        )  # fmt: skip

    assert "added 2 to" in run("increment", "total", "--label=size=small", "--value=2").stdout
    assert 'orders_total{size="small"} 2\n' in run("show").stdout
    assert json.loads(run("record", "--format=json").stdout)["added"][0]["value"] == 1
    wrong = run("increment", "nothing")
    assert wrong.returncode == 1 and "orders_total" in wrong.stderr
    assert run("health").returncode == 0
    ill = run("health", "--format=json", LABOTEL_HEALTH_DISKS="/nowhere/at/all")
    assert ill.returncode == 1 and json.loads(ill.stdout)["status"] == "unhealthy"
