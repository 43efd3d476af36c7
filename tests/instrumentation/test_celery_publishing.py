"""What a task's message takes along, and what is left of a publish that failed."""

import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from conftest import Start
from labotel.instrumentation.celery.publishing import PUBLISHED_HEADER
from labotel.instrumentation.celery.tasks import _waited
from labotel.policy.pseudonyms import Pseudonyms
from labotel.viewer.receiver import Receiver
from running import end, python, run

PERSON = Pseudonyms(b"tests").of(17)
ACTOR = "enduser.pseudo.id"


def test_a_publish_that_fails_leaves_nothing_behind(
    receiver: Receiver, environment: dict[str, str]
) -> None:
    """No broker: the span of the publish ends as failed, and the next one is in no trace of it.

    Nothing of it stays on the task either, however often it fails.
    """
    out = run(
        """
        import warnings
        warnings.simplefilter("default")  # Celery's own imports warn
        from celery import Celery
        from opentelemetry import trace
        app = Celery("x", broker="redis://127.0.0.1:9/0")
        @app.task
        def known(): pass
        for publish in (known.apply_async, lambda retry: app.send_task("elsewhere", retry=retry)):
            for _ in range(2):
                try:
                    publish(retry=False)
                except app.connection().transport.connection_errors + (Exception,):
                    print(trace.get_current_span() is trace.INVALID_SPAN)
        from opentelemetry.instrumentation.celery.utils import CTX_KEY
        print(getattr(known, CTX_KEY))
        labotel.shutdown()
        """,
        environment,
    )
    assert out.split() == ["True", "True", "True", "True", "{}"]
    spans = [s for s in receiver.spans if s.name == "apply_async/x.known"]
    assert [s.status for s in spans] == ["ERROR", "ERROR"]
    assert len({s.trace_id for s in receiver.spans}) == 4
    assert all(not s.parent_span_id for s in receiver.spans)


@pytest.fixture
def env(environment: dict[str, str], tmp_path: Path) -> dict[str, str]:
    """The environment with a broker in a folder."""
    for folder in ("broker", "broker/control", "results"):
        (tmp_path / folder).mkdir()
    results = f"file://{tmp_path}/results"
    return environment | {"PROJECT_BROKER": str(tmp_path / "broker"), "PROJECT_RESULTS": results}


def test_only_a_pseudonym_is_taken_from_a_message(
    receiver: Receiver, env: dict[str, str], start: Start
) -> None:
    """A publisher without labotel gives what it likes: all but the exact form is ignored.

    A task's own task has the same actor, or none. All run in one process, so that none keeps
    another's.
    """
    given = [PERSON, "someone@example.org", "p-123", None]
    body = "from project import celeryapp\n" + "\n".join(
        f"celeryapp.spread_task.apply_async(({n},), headers={{'labotel-actor': {who!r}}})"
        for n, who in enumerate(given)
    )
    python(body, env | {"OTEL_SDK_DISABLED": "true"})
    worker = start(
        sys.executable, "-m", "celery", "-A", "project.celeryapp", "worker", "--pool", "prefork",
        "--concurrency", "1", "--without-gossip", "--without-mingle", env=env,
    )  # fmt: skip
    store = receiver.store

    def lines() -> dict[str, object]:
        said = [r for r in store.logs if r.scope == "project.tasks"]
        return {str(r.body): r.attributes.get(ACTOR) for r in said}

    def runs() -> list[object]:
        return [s.attributes.get(ACTOR) for s in store.spans if s.name.startswith("run/")]

    assert store.wait_for(lambda: len(lines()) == 8 and len(runs()) == 8, 60)
    end(worker)
    assert lines() == {
        f"{what} {n}": PERSON if n == 0 else None for n in range(4) for what in ("spread", "step")
    }
    assert sorted(map(str, runs())) == ["None"] * 6 + [PERSON] * 2
    assert "someone@example.org" not in repr([store.spans, store.logs, store.points])
    assert store.total("labotel_faults_total") == 0


def test_a_message_passes_on_no_actor_of_somebody_elses(
    receiver: Receiver, env: dict[str, str], tmp_path: Path
) -> None:
    """A header that the application copies from elsewhere goes out where there is no actor."""
    forged = "{'labotel-actor': 'someone@example.org'}"
    call = f"celeryapp.order_task.apply_async((1,), headers={forged})"
    python(f"from project import celeryapp\n{call}\nimport labotel; labotel.shutdown()", env)
    (message,) = (tmp_path / "broker").glob("*.msg")
    text = message.read_text()
    assert "traceparent" in text
    assert "labotel-actor" not in text and "someone@example.org" not in text


@pytest.mark.parametrize(
    ("published", "eta", "waited"),
    [
        (100.0, None, 20.0),
        (100, "1970-01-01T00:01:50+00:00", 10.0),
        (100.0, "1970-01-01T00:05:00+00:00", 0.0),  # another host's clock is ahead
        (100.0, "soon", 20.0),
        (100.0, 110, 20.0),
        ("100", None, None),
        (-1.0, None, None),
        (float("nan"), None, None),
        (1e300, None, None),
        (None, None, None),
    ],
)
def test_a_message_may_say_anything_of_its_time(
    published: object, eta: object, waited: float | None
) -> None:
    """Whoever publishes writes its headers: what is no time is none."""
    request = SimpleNamespace(**{PUBLISHED_HEADER: published, "eta": eta})
    assert _waited(request, 120.0) == waited
