"""Every public call with hostile values, in a process of its own: `python -m hostile.whole CASES`.

With each case goes a witness of each kind that is valid: it must arrive whatever stands beside it.
Prints what was said, as JSON.
"""

import asyncio
import json
import logging
import sys
from collections import Counter as Count
from datetime import timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Any

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from opentelemetry import _logs, metrics, trace
from opentelemetry._logs import SeverityNumber

import labotel
from hostile.values import Fault, anything, broken, made, numbers, texts
from labotel import (
    MEASURED,
    Catalog,
    Counter,
    Event,
    Gauge,
    Histogram,
    Limited,
    Outcome,
    Personal,
    Unbounded,
    UpDownCounter,
)
from labotel.configure import present
from labotel.export import snapshot
from labotel.export.page import Page
from metrics_page import FORMATS


class Color(StrEnum):
    """A bounded text."""

    RED = "red"
    BLUE = "blue"


class Anything(Event, name="t.anything", instruments=(Counter("t_anything_total", by=("color",)),)):
    """A field of each kind."""

    color: Color
    urgent: bool | None
    table: Annotated[str, Limited(3)]
    person: Personal[str]
    thing: Unbounded[object]
    number: Unbounded[int]
    amount: Annotated[Decimal, Counter("t_amount_total", by=("urgent",))]
    level: Annotated[float, UpDownCounter("t_level_current", by=("table",))]
    took: Annotated[timedelta, Histogram("t_anything_seconds", by=("color", "table"))] = MEASURED


class Done(Event, name="t.done"):
    """A piece of work."""

    outcome: Outcome
    thing: Unbounded[object] = MEASURED
    duration: Annotated[timedelta, Histogram("t_done_seconds", by=("outcome",))] = MEASURED


class Witness(Event, name="t.witness", instruments=(Counter("t_witness_total", by=()),)):
    """Nothing is wrong with it."""

    n: Unbounded[int]


QUEUE = Gauge("t_queue_current", by={"color": Color}, scope="process")
GOOD = Gauge("t_good_current", by={}, scope="process")
catalog = Catalog("t", events=[Anything, Done, Witness], gauges=[QUEUE, GOOD])
FIELDS = ("color", "urgent", "table", "person", "thing", "number", "amount", "level", "took")
FITTING: dict[str, Any] = {
    "color": st.sampled_from([Color.RED, "red", "green"]), "urgent": st.booleans(),
    "table": texts, "person": texts, "thing": anything, "number": st.integers(),
    "amount": numbers, "level": numbers, "took": st.timedeltas() | numbers,
}  # fmt: skip

EACH = 5
"""Cases that hypothesis draws at a time: most of the time is its own."""
said: Count[str] = Count()
reading: list[Any] = [0]
logger = logging.getLogger("t.app")
logger.addHandler(logging.NullHandler())


@labotel.gauge(QUEUE)
def queue() -> Any:
    """Give whatever the last case left."""
    return reading[0]


@labotel.gauge(GOOD)
def good() -> int:
    """Give what is right."""
    return 5


def emit(fields: dict[str, Any], more: dict[str, Any], positional: list[Any]) -> None:
    """Emit an event of anything, and what is no event."""
    event: Any = Anything
    labotel.emit(event(*positional, **{**fields, **more}))
    labotel.emit(fields)  # type: ignore[arg-type]  # on purpose
    said["emit"] += 2


def time_it(value: Any, how: str) -> None:
    """Time a block or a function, which may fail in its own way."""
    said["done"] += 1
    said["work"] += 1
    try:
        if how == "async":
            asyncio.run(_time_async(value))
        elif how == "function":
            labotel.timed(Done, thing=value)(lambda: value)()
        else:
            with labotel.timed(Done) as t:
                t.set(thing=value, **({"self": 1} if how == "self" else {}))
                if how == "fails":
                    raise Fault
    except Fault:
        assert how == "fails"
    if how == "self":  # no field of that name
        said["refused"] += 1


async def _time_async(value: Any) -> None:
    @labotel.timed(Done, thing=value)
    async def work() -> None:
        await asyncio.sleep(0)

    await work()


def log(message: Any, args: list[Any], extra: dict[str, Any], fails: bool) -> None:
    """Log by the standard library; a `Fault` with it."""
    known = {f"x{i}": value for i, value in enumerate(extra.values())}
    error = _raised(Fault() if fails else ValueError("é"))
    try:  # the standard library looks at the arguments before anyone observes the line
        line = logger.makeRecord("t.app", 30, __file__, 1, message, tuple(args), error, extra=known)
    except Fault:
        return
    logger.handle(line)
    said["lines"] += 1


def _raised(error: Exception) -> Any:
    try:
        raise error
    except Exception:
        return sys.exc_info()


def record(fields: dict[str, Any], value: Any) -> None:
    """Hand over a record that was made by hand."""
    line = logging.makeLogRecord({"name": "t.app", "levelno": 30, **fields, "mine": value})
    logger.callHandlers(line)
    said["lines"] += 1


def say(body: Any, attributes: Any, stamp: Any) -> None:
    """Say a record by OpenTelemetry's logs API."""
    _logs.get_logger("t.otel").emit(
        timestamp=stamp, body=body, attributes=attributes, event_name=body,
        severity_number=SeverityNumber.WARN, exception=Fault(),
    )  # fmt: skip
    said["records"] += 1


def span(name: Any, value: Any, key: Any) -> None:
    """Put anything on a span."""
    with trace.get_tracer("t").start_as_current_span(name, attributes={"first": value}) as one:
        one.set_attribute(key, value)
        one.set_attributes({"a": value, "witness": 1})
        one.add_event(name, {"v": value}, timestamp=value)
        one.record_exception(Fault())
        one.set_status(trace.Status(trace.StatusCode.ERROR, "x"))
        one.update_name(name)
        labotel.emit(Witness(n=1))
    said["spans"] += 1
    said["witness"] += 1


def measure(amount: Any, attributes: dict[str, Any]) -> None:
    """Use instruments of the application's own."""
    counter.add(amount, attributes)
    histogram.record(amount, attributes)


def supply(value: Any) -> None:
    """Let the next reading of a gauge be anything."""
    reading[0] = value


rows = st.lists(st.tuples(anything, numbers) | anything, max_size=3)
parts = st.sampled_from(["name", "msg", "args", "pathname", "lineno", "funcName",
                         "exc_info", "created", "stack_info"])  # fmt: skip
acts: Any = st.one_of(
    st.tuples(st.just(emit), st.fixed_dictionaries(FITTING), st.just({}), st.just([])),
    st.tuples(
        st.just(emit),
        st.dictionaries(st.sampled_from(FIELDS), anything),
        st.dictionaries(texts, anything, max_size=1),
        st.lists(anything, max_size=1),
    ),
    st.tuples(
        st.just(time_it), anything,
        st.sampled_from(["block", "block", "function", "fails", "fails", "self", "async"]),
    ),
    st.tuples(
        st.just(log), texts | anything, st.lists(anything, max_size=2),
        st.dictionaries(st.integers(), anything, max_size=3), st.booleans(),
    ),
    st.tuples(st.just(record), st.dictionaries(parts, anything, max_size=3), anything),
    st.tuples(st.just(say), anything, anything, numbers | anything),
    st.tuples(st.just(span), texts, anything, texts | anything),
    st.tuples(st.just(measure), numbers | anything, st.dictionaries(texts, anything, max_size=2)),
    st.tuples(st.just(supply), rows | anything),
)  # fmt: skip


def look() -> None:
    """Each 500 cases: all is sent, the slot's file loads again, the page parses."""
    assert labotel.flush(30)
    assembly = present()
    assert assembly is not None
    runtime = assembly.runtime
    runtime.keeper.save()
    with runtime.pipeline.lock:
        snapshot.load(snapshot.dump(runtime.pipeline.meter))
    for path in runtime.keeper.folder.path.glob("slot-*.json"):
        snapshot.load(path.read_bytes())
    for accept, parse in FORMATS.items():
        families = {family.name: family for family in parse(page.render(accept)[1].decode())}
        [sample] = families["t_witness"].samples[:1]
        assert sample.value == said["witness"]
        assert any(s.value == said["cases"] for s in families["app_witness"].samples)


def main(cases: int) -> None:
    """Say everything; end as a process does."""

    @settings(
        max_examples=cases // EACH,
        derandomize=True,
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        phases=[Phase.generate, Phase.shrink],  # an explanation would trace every line
    )
    @given(st.lists(acts, min_size=EACH, max_size=EACH))
    def case(several: list[Any]) -> None:
        for act in several:
            act[0](*made(act[1:]))
            labotel.emit(Witness(n=1))
            logger.warning("witness")
            witness.add(1)
            said["witness"] += 1
            said["lines"] += 1
            said["cases"] += 1
            if said["cases"] % 500 == 0:
                look()

    case()
    for hostile in (float("nan"), "soon", broken("float", "lt"), 1e300, 0, 5):
        labotel.flush(hostile)
    supply(0)
    look()
    assert labotel.shutdown(30)
    sys.stdout.write(json.dumps(said))


if __name__ == "__main__":
    logging.raiseExceptions = False
    logging.getLogger("opentelemetry").setLevel(logging.CRITICAL)  # the SDK has much to say
    labotel.configure(catalogs=[catalog], strict=False, metrics_access="open", bogus=broken("repr"),
                      service_version=broken("class", "str"), instrument=["logging"])  # fmt: skip
    meter = metrics.get_meter("t")
    counter, histogram = meter.create_counter("app_any"), meter.create_histogram("app_seconds")
    witness = meter.create_counter("app_witness")
    found = present()
    assert found is not None
    page = Page(found.runtime)
    witness.add(0)
    page.render("text/plain")  # the application's instruments are on the page from here on
    main(int(sys.argv[1]))
