"""labotel's own state, as the page /status shows it."""

import json
import textwrap
from typing import Any

import pytest

from asking import ASK
from running import run

DEAD = {"OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:9"}


def state(body: str, env: dict[str, str]) -> Any:
    """Run a body, and return the state that the process says at its end, through JSON."""
    shown = "\nprint(json.dumps(page.status(), allow_nan=False))\n"
    return json.loads(run(ASK + textwrap.dedent(body) + shown, env))


def values(found: Any, metric: str) -> dict[tuple[str, ...], float]:
    """Return a metric's values on the host by its labels' values."""
    return {tuple(s["labels"].values()): s["value"] for s in found["host"][metric]}


def test_who_it_is(environment: dict[str, str]) -> None:
    """The service by its resource, the process by its slot, labotel by its version."""
    from importlib.metadata import version

    found = state(
        "order(1)",
        environment
        | {
            "OTEL_RESOURCE_ATTRIBUTES": "service.namespace=shop",
            "LABOTEL_SERVICE_VERSION": "1.2",
            "LABOTEL_ENVIRONMENT": "test",
            "LABOTEL_INSTANCE": "here",
        },
    )
    assert found["labotel"] == version("labotel")
    assert found["service"] == {
        "name": "project", "namespace": "shop", "version": "1.2", "environment": "test",
    }  # fmt: skip
    assert found["process"]["instance"] == "here-0"


def test_what_went_out_and_what_was_refused(environment: dict[str, str]) -> None:
    """Of all processes of the host, the ended ones included: a child's five are there, too."""
    found = state(
        """
        pid = os.fork()
        if pid == 0:
            order(5)
            sys.exit(0)
        os.waitpid(pid, 0)
        order(3)
        labotel.emit(Ordered(size="small"))
        assert labotel.flush(20)
        """,
        environment | {"LABOTEL_STRICT": "false", "LABOTEL_INSTRUMENT": "logging"},
    )
    assert values(found, "labotel_events_emitted_total") == {(): 8}
    assert values(found, "labotel_events_rejected_total") == {("shop.ordered",): 1}
    assert values(found, "labotel_exported_total")["logs",] >= 3
    assert found["process"]["receiver_answers"] is True
    assert found["process"]["waiting"] == {"events": 0, "spans": 0, "log_records": 0}


def test_what_waits_and_what_was_lost(environment: dict[str, str]) -> None:
    """With nobody there: no answer, what waits by its kind, what was dropped and why."""
    found = state(
        """
        from opentelemetry import trace
        for _ in range(7):
            trace.get_tracer("app").start_span("x").end()
        order(100)
        labotel.flush(2)
        order(30)
        """,
        environment | DEAD | {"OTEL_BLRP_MAX_QUEUE_SIZE": "20"},
    )
    assert found["process"]["receiver_answers"] is False
    lost = values(found, "labotel_dropped_total")
    assert lost["logs", "queue_full"] > 0
    assert 0 < found["process"]["waiting"]["log_records"] <= 20


def test_before_a_first_request_nobody_knows_who_answers(environment: dict[str, str]) -> None:
    """With nothing to send to, it is never known."""
    off = {f"OTEL_{signal}_EXPORTER": "none" for signal in ("TRACES", "LOGS", "METRICS")}
    assert state("order(1)", environment | off)["process"]["receiver_answers"] is None


@pytest.mark.parametrize("place", ["/proc/no-such-place", None])
def test_a_moment_is_the_newest_and_not_a_sum(
    environment: dict[str, str], place: str | None
) -> None:
    """A gauge that holds a time says the last of all processes; a histogram its count and sum."""
    found = state(
        """
        from labotel.signals.cells import Metric
        def say(moment):
            meter = present().pipeline.meter
            order(1)
            present().pipeline.drain()
            gauge = Metric("labotel_last_thing_timestamp_seconds", "gauge", ("signal",))
            meter.get(gauge.name, gauge).cell(("logs",), 1).value = moment
            took = meter.get("labotel_took", Metric("labotel_took", "histogram", (), bounds=(1,)))
            cell = took.cell((), 1)
            cell.counts[0], cell.count, cell.sum = 1, 1, 0.25
            present().runtime.keeper.save()
        go, told = os.pipe(), os.pipe()
        pid = os.fork()
        if pid == 0:
            say(200.5)
            os.write(told[1], b".")
            os.read(go[0], 1)
            os._exit(0)
        os.read(told[0], 1)
        say(100.5)
        state = page.status()
        os.write(go[1], b".")
        os.waitpid(pid, 0)
        page.status = lambda: state
        """,
        environment | ({"LABOTEL_RUNTIME_DIR": place} if place else {}),
    )
    alone = place is not None
    newest = {("logs",): 100.5 if alone else 200.5}
    assert values(found, "labotel_last_thing_timestamp_seconds") == newest
    (took,) = found["host"]["labotel_took"]
    assert took == {"labels": {}, "count": 1 if alone else 2, "sum": 0.25 if alone else 0.5}
