"""The providers that `configure` sets, each time in a process of its own."""

import json
import textwrap
from typing import Any

import pytest

from labotel.viewer.receiver import Receiver
from running import python, run


def told(body: str, environment: dict[str, str]) -> Any:
    """Run a body with labotel configured, and return the JSON that it printed."""
    return json.loads(run("import json, threading\n" + textwrap.dedent(body), environment))


def names(receiver: Receiver) -> list[str]:
    """Return the names of the spans received, in order."""
    return sorted(span.name for span in receiver.spans)


def test_configure_starts_nothing(environment: dict[str, str]) -> None:
    """No thread, no folder, no SDK provider, until something is said."""
    assert told(
        """
        from opentelemetry import metrics, trace
        tracer = trace.get_tracer("app")
        counter = metrics.get_meter("app").create_counter("app_total")
        before = [threading.active_count(), os.path.exists(os.environ["LABOTEL_RUNTIME_DIR"])]
        tracer.start_span("first").end()
        labotel.flush(5)
        after = [threading.active_count() > 1, os.path.exists(os.environ["LABOTEL_RUNTIME_DIR"])]
        print(json.dumps([before, after]))
        """,
        environment,
    ) == [[1, False], [True, True]]


EARLY = """
import asyncio, json, os, sys
from opentelemetry import trace
early = trace.get_tracer("early")

@early.start_as_current_span("decorated early")
def work():
    pass

import labotel
labotel.configure()
late = trace.get_tracer("late")

@late.start_as_current_span("decorated late")
async def later():
    pass

def all_of_it(suffix):
    early.start_span("early " + suffix).end()
    late.start_span("late " + suffix).end()
    work()
    asyncio.run(later())

all_of_it("parent")
labotel.flush(5)
pid = os.fork()
if pid == 0:
    all_of_it("child")
    sys.exit(0)
assert os.waitpid(pid, 0)[1] == 0
"""


def test_tracers_got_before_and_after_configure(
    receiver: Receiver, environment: dict[str, str]
) -> None:
    """Both make spans, and what they decorated; in a forked child too."""
    python(EARLY, environment)
    once = ["decorated early", "decorated late"]
    alone = ["early child", "early parent", "late child", "late parent"]
    assert names(receiver) == sorted([*once, *once, *alone])
    assert {span.scope for span in receiver.spans} == {"early", "late"}


def test_an_added_span_processor_sees_the_spans(
    receiver: Receiver, environment: dict[str, str]
) -> None:
    """By the global provider's `add_span_processor`, in the forked child too."""
    assert told(
        """
        from opentelemetry import trace
        from opentelemetry.sdk.trace.export import SimpleSpanProcessor
        from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
        memory = InMemorySpanExporter()
        trace.get_tracer_provider().add_span_processor(SimpleSpanProcessor(memory))
        tracer = trace.get_tracer("app")
        tracer.start_span("parent").end()
        reading, writing = os.pipe()
        pid = os.fork()
        if pid == 0:
            memory.clear()
            tracer.start_span("child").end()
            seen = [span.name for span in memory.get_finished_spans()]
            os.write(writing, json.dumps(seen).encode())
            sys.exit(0)
        assert os.waitpid(pid, 0)[1] == 0
        child = json.loads(os.read(reading, 1000))
        print(json.dumps([[span.name for span in memory.get_finished_spans()], child]))
        """,
        environment,
    ) == [["parent"], ["child"]]
    assert names(receiver) == ["child", "parent"]


INSTRUMENTS = """
from opentelemetry import metrics
meter = metrics.get_meter("app", "1.0")
meter.create_observable_gauge("app_depth", callbacks=[lambda options: [metrics.Observation(7)]])
counter = meter.create_counter("app_seen_total", "s", "Seen.")
histogram = meter.create_histogram("app_time_seconds", explicit_bucket_boundaries_advisory=[1, 5])
"""


def test_the_applications_own_instruments_arrive(
    receiver: Receiver, environment: dict[str, str]
) -> None:
    """With their scope's names and values, under the identity of this process, beside its own."""
    run(
        f"""{INSTRUMENTS}
order(1)
counter.add(5, {{"size": "small"}})
histogram.record(0.5)
histogram.record(9)
labotel.flush(5)
counter.add(2, {{"size": "small"}})
assert labotel.flush(5)
""",
        environment,
    )
    assert receiver.store.total("app_seen_total", size="small") == 7
    found = {point.name: point for point in receiver.points}
    assert found["app_depth"].value == 7
    assert (found["app_seen_total"].unit, found["app_seen_total"].description) == ("s", "Seen.")
    histogram = found["app_time_seconds"]
    assert (histogram.count, histogram.sum) == (2, 9.5)
    assert (histogram.bounds, histogram.bucket_counts) == ((1, 5), (1, 0, 1))
    assert receiver.store.identities("app_seen_total") == receiver.store.identities("orders_total")


def test_an_application_that_has_its_own_instruments_alone(
    receiver: Receiver, environment: dict[str, str]
) -> None:
    """No event, span or log line is needed for them to be sent, at the end of the process too."""
    run(f"{INSTRUMENTS}\ncounter.add(5)", environment)
    assert receiver.store.total("app_seen_total") == 5


def test_a_forked_child_does_not_inherit_their_values(
    receiver: Receiver, environment: dict[str, str]
) -> None:
    """The parent adds 5, two children that live at once 1 each: 5 + 1 + 1 over the identities."""
    run(
        f"""{INSTRUMENTS}
order(1)
counter.add(5)
assert labotel.flush(5)
said, go = os.pipe(), os.pipe()
pids = []
for _ in range(2):
    pid = os.fork()
    if pid == 0:
        os.close(go[1])
        order(1)
        counter.add(1)
        ok = labotel.flush(5)
        os.write(said[1], b"x")
        os.read(go[0], 1)  # the slot is held until both have one
        os._exit(0 if ok else 1)
    pids.append(pid)
for _ in pids:
    os.read(said[0], 1)
os.close(go[1])
assert [os.waitpid(pid, 0)[1] for pid in pids] == [0, 0]
assert labotel.flush(5)
""",
        environment,
    )
    assert receiver.store.total("app_seen_total") == 7
    assert len(receiver.store.identities("app_seen_total")) == 3
    assert sorted(p.value for p in receiver.points if p.name == "app_seen_total") == [1, 1, 5]


def test_records_of_the_logs_api(receiver: Receiver, environment: dict[str, str]) -> None:
    """They arrive with their event's name, scrubbed, with the ids of the span that they are in."""
    ids = told(
        """
        from opentelemetry import trace
        from opentelemetry._logs import SeverityNumber, get_logger
        logger = get_logger("app.logs")
        with trace.get_tracer("app").start_as_current_span("said in") as span:
            logger.emit(event_name="app.said", body="to ada@example.org", attributes={"n": 1},
                        severity_number=SeverityNumber.WARN, severity_text="WARN")
        context = span.get_span_context()
        print(json.dumps([f"{context.trace_id:032x}", f"{context.span_id:016x}"]))
        """,
        environment,
    )
    (record,) = [r for r in receiver.logs if r.scope == "app.logs"]
    assert (record.event_name, record.attributes["event.name"]) == ("app.said", "app.said")
    assert (record.body, record.attributes["n"]) == ("to [email]", 1)
    assert (record.severity_number, record.severity_text) == (13, "WARN")
    assert [record.trace_id, record.span_id] == ids


def test_a_logger_got_before_configure(receiver: Receiver, environment: dict[str, str]) -> None:
    """As an instrumentation does at import."""
    python(
        "from opentelemetry._logs import get_logger\nlogger = get_logger('early')\n"
        "import labotel\nlabotel.configure()\nlogger.emit(body='said')",
        environment,
    )
    assert [r.body for r in receiver.logs if r.scope == "early"] == ["said"]


@pytest.mark.parametrize("name", ["traces", "metrics", "logs"])
def test_a_signal_can_be_switched_off(
    receiver: Receiver, environment: dict[str, str], name: str
) -> None:
    """OTEL_<SIGNAL>_EXPORTER=none sends nothing of it, and the others as ever."""
    run(
        """
        from opentelemetry import trace
        with trace.get_tracer("app").start_as_current_span("s"):
            order(1)
        labotel.flush(5)
        """,
        environment | {f"OTEL_{name.upper()}_EXPORTER": "none"},
    )
    requests = receiver.stats["requests"]
    others = {"traces", "metrics", "logs"} - {name}
    assert requests[name] == 0
    assert all(requests[other] for other in others)
