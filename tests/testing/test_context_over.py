"""`recording` over a process that really exports: set aside, and back as it was."""

import json

from labotel.viewer.receiver import Receiver
from running import python, run

NESTED = """
    import json, logging
    from opentelemetry import metrics, trace
    from labotel.testing import recording
    app = logging.getLogger("app")
    tracer, meter = trace.get_tracer("app"), metrics.get_meter("app")
    own = meter.create_counter("app_total")

    def say(n, text):
        with tracer.start_as_current_span(text):
            order(n)
            app.warning(text)
        own.add(n)

    say(2, "before")
    provider = trace.get_tracer_provider()
    real = provider.real()
    threads = threading.active_count()
    with recording() as telemetry:
        say(3, "inside")
        labotel.configure(service_name="other")
        assert labotel.flush() and labotel.shutdown()
        order(5)
    inside = [len(telemetry.all(Ordered)), telemetry.metric("orders_total"),
              [s.name for s in telemetry.spans], [line.message for line in telemetry.logs]]
    same = [provider.real() is real, threading.active_count() == threads]
    say(4, "after")
    assert labotel.flush(5)
    print(json.dumps([inside, same]))
"""


def test_over_a_process_that_exports_nothing_of_it_arrives(
    receiver: Receiver, environment: dict[str, str]
) -> None:
    """And what is said before and after it does, by the same providers, threads and instruments.

    An application's own end within the block ends the block's observation alone.
    """
    out = run("    import threading\n" + NESTED, environment)
    inside, same = json.loads(out)
    assert inside == [3, 3, ["inside"], ["inside"]]
    assert same == [True, True]
    store = receiver.store
    assert store.total("orders_total") == 6
    assert store.total("app_total") == 6
    assert {s.name for s in store.spans} == {"before", "after"}
    assert [log.body for log in receiver.logs if log.scope == "app"] == ["before", "after"]


def test_over_a_process_that_exports_requests_are_recorded_too(
    receiver: Receiver, environment: dict[str, str]
) -> None:
    """Its integrations stay connected; only what they see goes elsewhere."""
    out = python(
        """
import os
os.environ["DJANGO_SETTINGS_MODULE"] = "project.settings"
import django
django.setup()
import labotel
from django.test import Client
from labotel.testing import recording
client = Client()
client.get("/order/1/")
with recording() as telemetry:
    client.get("/order/2/")
client.get("/order/3/")
print(telemetry.metric("http_requests_total", endpoint="order/<int:number>/"),
      telemetry.metric("database_query_duration_seconds"), [s.name for s in telemetry.spans])
assert labotel.shutdown()
""",
        environment,
    )
    assert out.strip() == "1 1 ['SELECT', 'GET order/<int:number>/']"
    store = receiver.store
    assert store.total("http_requests_total") == 2
    assert store.total("orders_total") == 2
    assert len([s for s in receiver.spans if s.kind == "SERVER"]) == 2


def test_over_providers_of_the_applications_own_no_metric_or_line_reaches_them(
    environment: dict[str, str],
) -> None:
    """Spans do: a provider that is not labotel's is never replaced."""
    out = python(
        """
import json, logging
from opentelemetry import _logs, metrics, trace
from opentelemetry.sdk._logs import LoggerProvider
from opentelemetry.sdk._logs.export import InMemoryLogRecordExporter, SimpleLogRecordProcessor
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import InMemoryMetricReader
import labotel
from labotel.testing import recording
from project.clinic import Admitted, Species, catalog
logs, reader = InMemoryLogRecordExporter(), InMemoryMetricReader()
loggers, meters = LoggerProvider(shutdown_on_exit=False), MeterProvider([reader])
loggers.add_log_record_processor(SimpleLogRecordProcessor(logs))
labotel.configure(catalogs=[catalog], meter_provider=meters, logger_provider=loggers)
def say(n):
    labotel.emit(Admitted(species=Species.CANINE, owner="ada", number=n))
    logging.getLogger("app").warning("line %s", n)
say(1)
with recording() as telemetry:
    say(2)
say(3)
labotel.flush()
(value,) = [point.value for r in reader.get_metrics_data().resource_metrics
            for s in r.scope_metrics for m in s.metrics if m.name == "admissions_total"
            for point in m.data.data_points]
print(json.dumps([value, [r.log_record.body for r in logs.get_finished_logs()],
                  telemetry.metric("admissions_total"), [l.message for l in telemetry.logs]]))
labotel.shutdown()
""",
        environment,
    )
    value, bodies, seen, lines = json.loads(out)
    assert value == 2 and sorted(b for b in bodies if "line" in b) == ["line 1", "line 3"]
    assert (seen, lines) == (1, ["line 2"])


def test_over_a_configuration_that_is_switched_off(environment: dict[str, str]) -> None:
    """As runs of other test runners have it: nothing is exported, and a recording sees all."""
    out = python(
        """
import labotel, logging
from labotel.testing import recording
from project.clinic import Admitted, Species, catalog
labotel.configure(catalogs=[catalog])
with recording() as telemetry:
    labotel.emit(Admitted(species=Species.CANINE, owner="ada", number=1))
    logging.getLogger("app").warning("hello")
print(telemetry.metric("admissions_total"), len(telemetry.logs), labotel.shutdown())
""",
        environment | {"OTEL_SDK_DISABLED": "true"},
    )
    assert out.split() == ["1", "1", "True"]


def test_a_fork_within_it_leaves_a_child_that_exports_nothing_twice(
    receiver: Receiver, environment: dict[str, str]
) -> None:
    """The child of a process that exports begins anew, also where a recording is on."""
    run(
        """
        from labotel.testing import recording
        order(2)
        assert labotel.flush(5)
        with recording():
            child = os.fork()
            if child == 0:
                order(3)
                os._exit(0)
            assert os.waitpid(child, 0)[1] == 0
        child = os.fork()
        if child == 0:
            order(4)
            labotel.shutdown()
            os._exit(0)
        assert os.waitpid(child, 0)[1] == 0
        """,
        environment,
    )
    assert receiver.store.total("orders_total") == 6
