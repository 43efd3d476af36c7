"""Events said from where nobody expects one: destructors, handlers, filters, labotel's own export.

Each in a process of its own, which prints its stacks and ends where it hangs.
"""

from labotel.viewer.receiver import Receiver
from running import run

SOON = """
import faulthandler, logging, signal, gc, threading
from opentelemetry import trace
faulthandler.dump_traceback_later(50, exit=True)
"""


def say(body: str, env: dict[str, str]) -> str:
    """Run a body that ends by itself, however deep it waits."""
    return run(SOON + body, env)


def test_emitting_in_a_destructor(receiver: Receiver, environment: dict[str, str]) -> None:
    """The collector runs at any allocation: in emit, in a span's own code, in a drain."""
    out = say(
        """
made = 0
unheard = 0  # lines on labotel's own threads are not observed
class Loud:
    def __init__(self):
        self.me = self
    def __del__(self):
        global made, unheard
        made += 1
        labotel.emit(Ordered(size="large", order_id=made))
        logging.getLogger("t").warning("gone")
        unheard += threading.current_thread().name.startswith("labotel")
gc.set_threshold(50)
with trace.get_tracer("t").start_as_current_span("work") as span:
    for i in range(3000):
        Loud()
        span.set_attribute("i", [i])
        labotel.emit(Ordered(size="small", order_id=i))
gc.collect()
assert labotel.flush(20)
print(made, unheard)
""",
        environment,
    )
    made, unheard = map(int, out.split())
    assert made == 3000
    assert receiver.store.total("orders_total", size="small") == 3000
    assert receiver.store.total("orders_total", size="large") == 3000
    assert sum(log.scope == "t" for log in receiver.logs) == 3000 - unheard


def test_emitting_in_a_signal_handler_while_the_span_is_written(
    receiver: Receiver, environment: dict[str, str]
) -> None:
    """The SDK writes a span under a lock that no thread may take twice; the event comes later."""
    out = say(
        """
said = 0
def handler(*_):
    global said
    said += 1
    labotel.emit(Ordered(size="large", order_id=said))
    with labotel.timed(Ordered, size="large", order_id=0):
        logging.getLogger("t").warning("interrupted")
    if storm:
        signal.setitimer(signal.ITIMER_REAL, 0.001)
storm = True
with trace.get_tracer("t").start_as_current_span("work") as span:
    signal.signal(signal.SIGALRM, handler)
    signal.setitimer(signal.ITIMER_REAL, 0.002)
    for i in range(20000):
        span.set_attribute("i", i)
    storm = False
    signal.setitimer(signal.ITIMER_REAL, 0)
    with span._lock:  # what a handler meets that interrupts the SDK at its worst
        labotel.emit(Ordered(size="small", order_id=1))
    assert labotel.flush(20)
    seen = sum(event.name == "shop.ordered" and event.values[0] == "small" for event in span.events)
    assert seen == 1, seen
assert labotel.shutdown(20)
print(said)
""",
        environment,
    )
    assert receiver.store.total("orders_total", size="large") == 2 * int(out) > 0
    assert receiver.store.total("orders_total", size="small") == 1
    assert receiver.store.total("labotel_dropped_total") == 0


def test_a_storm_of_signals_through_flush_and_shutdown(
    receiver: Receiver, environment: dict[str, str]
) -> None:
    """A handler that emits, logs, flushes and asks for the end interrupts each of them."""
    out = say(
        """
said = 0
def handler(*_):
    global said
    said += 1
    labotel.emit(Ordered(size="large", order_id=said))
    logging.getLogger("t").warning("interrupted")
    if said % 50 == 0:
        labotel.flush(0.01)
    if storm:
        signal.setitimer(signal.ITIMER_REAL, 0.002)
storm = True
signal.signal(signal.SIGALRM, handler)
signal.setitimer(signal.ITIMER_REAL, 0.002)
for i in range(20):
    order(500)
    labotel.flush(20)
kept = said
labotel.shutdown(20)
storm = False
signal.setitimer(signal.ITIMER_REAL, 0)
print(kept)
""",
        environment,
    )
    assert receiver.store.total("orders_total", size="small") == 10_000
    assert receiver.store.total("orders_total", size="large") >= int(out) > 0


def test_emitting_in_a_filter_a_handler_and_a_formatter(
    receiver: Receiver, environment: dict[str, str]
) -> None:
    """An event makes no line, so a line that makes one ends there."""
    say(
        """
class Loud(logging.Handler):
    def emit(self, record):
        self.format(record)
        labotel.emit(Ordered(size="large", order_id=1))
        if record.name == "t":
            logging.getLogger("t.handler").warning("handled")
class Form(logging.Formatter):
    def format(self, record):
        labotel.emit(Ordered(size="large", order_id=2))
        return super().format(record)
def picky(record):
    labotel.emit(Ordered(size="small", order_id=3))
    return True
handler = Loud()
handler.setFormatter(Form())
logger = logging.getLogger("t")
logger.addHandler(handler)
logger.addFilter(picky)
for _ in range(100):
    logger.warning("said")
assert labotel.flush(20)
""",
        environment,
    )
    assert receiver.store.total("orders_total", size="small") == 100
    assert receiver.store.total("orders_total", size="large") == 400
    assert sum(log.body == "said" for log in receiver.logs) == 100
    assert sum(log.body == "handled" for log in receiver.logs) == 100


def test_an_idle_process_falls_silent(receiver: Receiver, environment: dict[str, str]) -> None:
    """A handler at DEBUG emits for each line of anyone, also of the export's own requests.

    What labotel's threads log of a request is handed to nobody: no request makes the next one.
    """
    out = say(
        """
seen = []
class Loud(logging.Handler):
    def emit(self, record):
        seen.append(record.name)
        labotel.emit(Ordered(size="large", order_id=1))
logging.getLogger().addHandler(Loud())
logging.getLogger().setLevel(logging.DEBUG)
for name in ("urllib3", "opentelemetry", "labotel"):
    logging.getLogger(name).setLevel(logging.DEBUG)
order(3)
import urllib3
urllib3.PoolManager().request("GET", os.environ["OTEL_EXPORTER_OTLP_ENDPOINT"] + "/stats")
assert labotel.flush(20)
asked = seen.count("urllib3.connectionpool")
from labotel.configure import present
pipeline = present().runtime.pipeline
def idle():
    return not pipeline.queue and not pipeline.logs
quiet, until = 0, time.monotonic() + 30
while quiet < 3:  # whatever one export makes would stand in the next
    assert time.monotonic() < until, seen
    before = len(seen)
    assert labotel.flush(20)
    time.sleep(0.6)
    quiet = quiet + 1 if len(seen) == before and idle() else 0
assert seen.count("urllib3.connectionpool") == asked
print(len(seen))
""",
        environment | {"LABOTEL_LOG_LEVEL": "DEBUG"},
    )
    said = int(out)  # the application's own request is logged as ever
    assert said >= 1
    assert receiver.store.total("orders_total", size="large") == said
    assert not [log for log in receiver.logs if log.scope.startswith("urllib3")]


def test_processors_and_suppliers_that_emit(
    receiver: Receiver, environment: dict[str, str]
) -> None:
    """A processor that emits and raises, a supplier that emits, logs and flushes: once each."""
    say(
        """
from opentelemetry.sdk.trace import SpanProcessor
class Loud(SpanProcessor):
    def on_start(self, span, parent_context=None):
        labotel.emit(Ordered(size="small", order_id=1))
    def on_end(self, span):
        labotel.emit(Ordered(size="small", order_id=2))
        raise RuntimeError
from labotel import Catalog, Gauge
labotel.shutdown()
QUEUE = Gauge("queue_current", by={}, scope="process")
asked = 0
@labotel.gauge(QUEUE)
def queue():
    global asked
    asked += 1
    labotel.emit(Ordered(size="large", order_id=1))
    logging.getLogger("t").warning("asked")
    labotel.flush(0.2)
    return 7
labotel.configure(catalogs=[catalog, Catalog("q", gauges=[QUEUE])])
trace.get_tracer_provider().add_span_processor(Loud())
for _ in range(10):
    with trace.get_tracer("t").start_as_current_span("work"):
        pass
    with labotel.timed(Ordered, size="small", order_id=3):
        pass
assert labotel.flush(20) and labotel.flush(20)
time.sleep(0.5)  # the last reading ends
first = asked
time.sleep(2)
assert asked == first, (first, asked)
""",
        environment | {"OTEL_METRIC_EXPORT_INTERVAL": "60000"},
    )
    assert receiver.store.total("orders_total", size="small") == 50
    assert receiver.store.total("queue_current") == 7
