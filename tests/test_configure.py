"""`configure`: harmless where it runs, honest about what is wrong, and over when it ends."""

from labotel.viewer.receiver import Receiver
from running import python, run


def test_it_starts_no_thread_takes_no_slot_and_opens_no_connection(
    receiver: Receiver, environment: dict[str, str]
) -> None:
    """A process that only configures leaves no trace of itself."""
    out = run(
        """
        import threading
        print(threading.active_count(), os.path.exists(os.environ["LABOTEL_RUNTIME_DIR"]))
        """,
        environment,
    )
    assert out.split() == ["1", "False"]
    assert receiver.stats["requests"] == {"traces": 0, "metrics": 0, "logs": 0}


def test_calling_it_again_is_harmless(receiver: Receiver, environment: dict[str, str]) -> None:
    """A second call changes nothing: one event is one count and one record."""
    run("labotel.configure(service_name='other'); order(1)", environment)
    assert receiver.store.total("orders_total") == 1
    assert {log.resource["service.name"] for log in receiver.logs} == {"project"}


def test_it_imports_no_framework(environment: dict[str, str]) -> None:
    """Neither Django nor Celery is imported for an application that uses neither."""
    out = run("print('django' in sys.modules, 'celery' in sys.modules)", environment)
    assert out.split() == ["False", "False"]


def test_importing_labotel_loads_neither_the_sdk_nor_a_framework(
    environment: dict[str, str],
) -> None:
    """`import labotel` is light: what start-up needs and no more."""
    script = "import sys, labotel; print(*sorted({m.split('.')[0] for m in sys.modules}))"
    loaded = python(script, environment).split()
    assert not {"opentelemetry", "django", "celery", "urllib3", "google"} & set(loaded)


def test_no_thread_of_labotels_imports_anything(
    receiver: Receiver, environment: dict[str, str]
) -> None:
    """All that export needs is imported by configure: an import under way hangs a forked child."""
    out = run(
        """
        import logging
        from opentelemetry import trace
        before = set(sys.modules)
        with trace.get_tracer("app").start_as_current_span("work"):
            order(2)
            try:
                raise ValueError
            except ValueError:
                logging.getLogger("app").exception("failed")
        labotel.flush()
        time.sleep(1.5)
        print(sorted(set(sys.modules) - before))
        """,
        environment,
    )
    assert out.strip() == "[]"


def test_all_wrong_settings_are_reported_at_once(environment: dict[str, str]) -> None:
    """Under strict: one error with a line for each, the nearest name and what is allowed."""
    wrong = {
        "LABOTEL_ENDPONT": "http://x",
        "OTEL_EXPORTER_OTLP_COMPRESSION": "zip",
        "LABOTEL_STRICT": "true",
    }
    out = python(
        """
import labotel
from labotel import ConfigurationError
try:
    labotel.configure(service_nam="x", metric_interval=-1, instrument=["djngo"])
except ConfigurationError as error:
    print(error)
""",
        environment | wrong,
    )
    assert "no setting 'service_nam' (did you mean 'service_name'?)" in out
    assert "metric_interval=-1: allowed: a number above 0" in out
    assert "LABOTEL_ENDPONT (did you mean 'LABOTEL_ENDPOINT'?)" in out
    assert "COMPRESSION='zip': allowed: 'none', 'gzip', 'deflate'" in out
    assert "instrument names 'djngo' (did you mean 'django'?)" in out


def test_wrong_settings_are_warnings_in_production(
    receiver: Receiver, environment: dict[str, str]
) -> None:
    """Without strict each is one warning, its default is used, and the application goes on."""
    out = python(
        """
import io, logging
said = io.StringIO()
logging.basicConfig(stream=said)
import labotel
from project.telemetry import Ordered, catalog
labotel.configure(catalogs=[catalog], metric_interval="often")
labotel.emit(Ordered(size="small", order_id=1))
labotel.shutdown()
print(said.getvalue())
""",
        environment,
    )
    assert "metric_interval='often': allowed: a number above 0; the default is used" in out
    assert receiver.store.total("orders_total") == 1


def test_a_missing_extra_names_its_install_line(environment: dict[str, str]) -> None:
    """`instrument=["celery"]` without Celery says what to install."""
    out = python(
        """
import sys
class Absent:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] == "celery":
            raise ModuleNotFoundError(name)
sys.meta_path.insert(0, Absent())
import labotel
from labotel import ConfigurationError
try:
    labotel.configure(instrument=["celery"], strict=True)
except ConfigurationError as error:
    print(error)
""",
        environment,
    )
    assert 'pip install "labotel[celery]"' in out


def test_a_wrong_event_raises_under_strict(environment: dict[str, str]) -> None:
    """A wrong field or value is an EventError that names event, field and what is allowed."""
    out = python(
        """
import labotel
from project.telemetry import Ordered, catalog
labotel.configure(catalogs=[catalog], strict=True)
for fields in ({"size": "huge", "order_id": 1}, {"size": "small"}, {"size": "small", "order": 1}):
    try:
        labotel.emit(Ordered(**fields))
    except labotel.EventError as error:
        print(error)
""",
        environment,
    )
    assert out.splitlines() == [
        "shop.ordered.size: 'huge' is not allowed; allowed: 'small', 'large'",
        "shop.ordered: order_id is missing; allowed: int",
        "shop.ordered: no field 'order' (did you mean 'order_id'?); fields: size, order_id",
    ]


def test_a_wrong_event_is_counted_and_said_in_production(
    receiver: Receiver, environment: dict[str, str]
) -> None:
    """A wrong label value is `other`, a missing field rejects; both are counted, said once."""
    out = python(
        """
import io, logging
said = io.StringIO()
logging.basicConfig(stream=said)
import labotel
from project.telemetry import Ordered, catalog
labotel.configure(catalogs=[catalog])
for _ in range(5):
    labotel.emit(Ordered(size="huge", order_id=1))
    labotel.emit(Ordered(size="small"))
labotel.emit("not an event")
labotel.flush()
labotel.shutdown()
print(said.getvalue())
""",
        environment,
    )
    store = receiver.store
    assert store.total("orders_total", size="other") == 5
    assert store.total("labotel_events_rejected_total", event="shop.ordered") == 5
    assert store.total("labotel_events_rejected_total", event="unknown") == 1
    assert store.total("labotel_values_replaced_total", metric_label="orders_total.size") == 5
    assert out.count("shop.ordered: order_id is missing; allowed: int") == 1


def test_after_shutdown_nothing_is_observed_any_more(
    receiver: Receiver, environment: dict[str, str]
) -> None:
    """Shutdown disconnects: what is said later is nothing, and nothing fails."""
    out = run(
        """
        import logging
        original = logging.Logger.callHandlers
        order(2)
        print(labotel.shutdown())
        order(3)
        print(logging.Logger.callHandlers is not original, labotel.flush(), labotel.shutdown())
        """,
        environment,
    )
    assert out.split() == ["True", "True", "True", "True"]
    assert receiver.store.total("orders_total") == 2


def test_flush_ends_at_its_deadline(environment: dict[str, str]) -> None:
    """A receiver that never answers costs a flush its timeout and no more."""
    seconds = 1.0
    out = python(
        f"""
import socket, time
silent = socket.create_server(("127.0.0.1", 0))
import labotel
from project.telemetry import Ordered, catalog
labotel.configure(catalogs=[catalog], endpoint=f"http://127.0.0.1:{{silent.getsockname()[1]}}")
labotel.emit(Ordered(size="small", order_id=1))
start = time.monotonic()
print(labotel.flush({seconds}), time.monotonic() - start < {seconds} + 0.5)
start = time.monotonic()
labotel.shutdown({seconds})
print(time.monotonic() - start < {seconds} + 1)
""",
        environment,
    )
    assert out.split() == ["False", "True", "True"]


def test_the_sdk_can_be_switched_off(receiver: Receiver, environment: dict[str, str]) -> None:
    """OTEL_SDK_DISABLED=true: nothing is observed and nothing sent."""
    run("order(5); labotel.flush()", environment | {"OTEL_SDK_DISABLED": "true"})
    assert receiver.stats["requests"] == {"traces": 0, "metrics": 0, "logs": 0}
