"""A request and all the tasks that it causes are one trace, for one actor: gunicorn and Celery."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from conftest import Start
from labotel.policy.pseudonyms import Pseudonyms
from labotel.viewer.receiver import Receiver
from running import end, free_port, get, wait_for_page

PERSON = Pseudonyms(b"tests").of(17)
KINDS = {
    "chain": ["step 1", "step 2"],
    "group": ["step 1", "step 2"],
    "chord": ["gathered 3", "step 1", "step 2"],
    "group-in-chain": ["gathered 3", "step 0", "step 1", "step 2"],
    "retry": [],
    "countdown": ["step 1"],
    "task-to-task": ["spread 1", "step 1"],
}
"""Each way of publishing, and the lines that its tasks log."""
RUNS = {
    "chain": 2, "group": 2, "chord": 3, "group-in-chain": 4, "retry": 2, "countdown": 1,
    "task-to-task": 2,
}  # fmt: skip
"""How often tasks run, but for Celery's own that waits for a chord."""


@pytest.fixture(params=["file", "redis"])
def env(
    request: pytest.FixtureRequest, environment: dict[str, str], tmp_path: Path
) -> dict[str, str]:
    """The environment, with results in files (chords are waited for) or in Redis (they are not)."""
    for folder in ("broker", "broker/control", "results"):
        (tmp_path / folder).mkdir()
    results = f"file://{tmp_path}/results"
    if request.param == "redis":
        results = request.getfixturevalue("redis")
    return environment | {"PROJECT_BROKER": str(tmp_path / "broker"), "PROJECT_RESULTS": results}


@pytest.fixture
def web(start: Start, env: dict[str, str]) -> Iterator[str]:
    """The address of a web server beside a worker."""
    worker: subprocess.Popen[bytes] = start(
        sys.executable, "-m", "celery", "-A", "project.celeryapp", "worker", "--pool", "prefork",
        "--concurrency", "2", "--loglevel", "INFO", "--without-gossip", "--without-mingle",
        env=env | {"OTEL_SERVICE_NAME": "worker"},
    )  # fmt: skip
    url = f"http://127.0.0.1:{free_port()}"
    server: subprocess.Popen[bytes] = start(
        sys.executable, "-m", "gunicorn", "--bind", url.removeprefix("http://"),
        "--no-control-socket", "project.wsgi", env=env | {"OTEL_SERVICE_NAME": "web"},
    )  # fmt: skip
    wait_for_page(url, server)
    yield url
    end(worker)
    end(server)


def runs(spans: list[Any]) -> list[Any]:
    """Return the spans of the project's tasks."""
    return [s for s in spans if s.name.startswith("run/project.")]


def test_all_that_a_request_causes_is_its_trace_and_its_actors(
    receiver: Receiver, web: str
) -> None:
    """Each way of publishing: spans and lines of all tasks have the request's trace and actor.

    So do the lines in which Celery itself says that a task succeeded or is tried again. Of two
    requests none has anything of the other.
    """
    store = receiver.store
    for kind in KINDS:
        assert get(f"{web}/flow/{kind}/") == "ok"
    total = sum(RUNS.values())
    ended = "succeeded in", "Retry in"

    def told() -> list[Any]:
        said = [r for r in store.logs if r.scope == "celery.app.trace"]
        return [r for r in said if any(w in r.body for w in ended) and "Task project." in r.body]

    def orphans() -> list[Any]:
        ids = {s.span_id for s in store.spans}
        return [s for s in store.spans if s.kind != "SERVER" and s.parent_span_id not in ids]

    assert store.wait_for(
        lambda: len(runs(store.spans)) >= total and len(told()) >= total and not orphans(), 60
    ), [(s.name, s.trace_id) for s in orphans()]
    requests = [s for s in store.spans if s.kind == "SERVER"]
    assert len({s.trace_id for s in requests}) == len(requests) == len(KINDS)
    assert {s.attributes["enduser.pseudo.id"] for s in requests} == {PERSON}
    in_order = [s.trace_id for s in sorted(requests, key=lambda s: s.start_ns)]
    by_trace = dict(zip(in_order, KINDS, strict=True))
    for trace_id, kind in by_trace.items():
        spans = [s for s in store.spans if s.trace_id == trace_id]
        assert len(runs(spans)) == RUNS[kind], kind
        assert {s.attributes["enduser.pseudo.id"] for s in runs(spans)} == {PERSON}, kind
        lines = [r for r in store.logs if r.trace_id == trace_id]
        assert sorted(r.body for r in lines if r.scope == "project.tasks") == KINDS[kind]
        assert len([r for r in told() if r.trace_id == trace_id]) == RUNS[kind], kind
        assert {r.attributes["enduser.pseudo.id"] for r in lines} == {PERSON}, kind
    assert store.total("labotel_faults_total") == 0
