"""`recording`: without pytest, and without `configure`."""

import asyncio
import logging
import threading
import unittest
from datetime import timedelta

import pytest
from opentelemetry import trace

import labotel
from labotel.events import clock, dispatch
from labotel.testing import Telemetry, recording
from project.clinic import Admitted, Operated, Species
from running import python


def admit(number: int) -> None:
    """Say that a patient came."""
    labotel.emit(Admitted(species=Species.CANINE, owner="ada", number=number))


def test_within_it_everything_is_recorded_and_outside_nothing_is_in_force() -> None:
    """Events, metrics, lines and spans; no hook, clock or wrapper stays."""
    original, level = logging.Logger.callHandlers, logging.root.level
    with recording() as telemetry:
        admit(1)
        logging.getLogger("app").warning("hello")
        with labotel.timed(Operated, species=Species.CANINE):
            pass
    admit(2)
    assert [type(r.event).__name__ for r in telemetry.history] == ["Admitted", "Operated"]
    assert telemetry.metric("admissions_total") == 1
    assert [line.message for line in telemetry.logs] == ["hello"]
    assert [span.name for span in telemetry.spans] == ["clinic.operated"]
    assert dispatch.sink is None and clock.ticks is clock.perf_counter_ns
    assert logging.Logger.callHandlers is original and logging.root.level == level


def test_a_wrong_event_raises_where_it_is_said() -> None:
    """In the code under test."""
    with recording(), pytest.raises(labotel.EventError, match="number is missing"):
        labotel.emit(Admitted(species=Species.CANINE, owner="ada"))  # type: ignore[call-arg]


def test_without_strict_it_is_counted_and_replaced_as_in_production() -> None:
    """For tests of what an application does then."""
    with recording(strict=False) as telemetry:
        labotel.emit(Admitted(species="bovine", owner="ada", number=1))  # type: ignore[arg-type]
        labotel.emit(Admitted(species=Species.CANINE, owner="ada"))  # type: ignore[call-arg]
    assert telemetry.metric("admissions_total", species="other") == 1
    assert telemetry.metric("labotel_events_rejected_total", event="clinic.admitted") == 1
    assert telemetry.one(Admitted, species="bovine").number == 1


def test_an_exception_goes_on_and_ends_it() -> None:
    """As any context manager."""
    with pytest.raises(KeyError), recording():
        raise KeyError
    assert dispatch.sink is None


def test_nested_the_inner_one_gets_everything(telemetry: Telemetry) -> None:
    """And the outer one goes on afterwards, with its own history, ids and clock.

    The inner one's clock begins where the outer one's is held: a test that froze it froze it all.
    """
    telemetry.freeze()
    at = telemetry._recorder.clock.now()
    admit(1)
    with recording() as inner:
        inner.advance(timedelta(hours=1))
        admit(2)
        with trace.get_tracer("t").start_as_current_span("inner"):
            pass
    with trace.get_tracer("t").start_as_current_span("outer"):
        admit(3)
    assert [e.number for e in telemetry.all(Admitted)] == [1, 3]
    assert [e.number for e in inner.all(Admitted)] == [2]
    assert [s.name for s in telemetry.spans] == ["outer"]
    assert [s.context.span_id for s in (*telemetry.spans, *inner.spans) if s.context] == [1, 1]
    assert {r.time for r in telemetry.history} == {telemetry.history[0].time}
    assert telemetry._recorder.clock.now() == at
    assert inner.history[0].time == telemetry.history[0].time + timedelta(hours=1)


def test_threads_and_coroutines_are_recorded(telemetry: Telemetry) -> None:
    """All of the process."""
    threads = [threading.Thread(target=admit, args=(n,)) for n in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    async def work() -> None:
        await asyncio.gather(*(asyncio.to_thread(admit, n) for n in (3, 4)))
        async with labotel.timed(Operated, species=Species.FELINE):
            await asyncio.sleep(0)

    asyncio.run(work())
    assert sorted(e.number for e in telemetry.all(Admitted)) == [0, 1, 2, 3, 4]
    assert telemetry.one(Operated).outcome == "success"


def test_it_serves_unittest() -> None:
    """By `enterContext`."""

    class Case(unittest.TestCase):
        def setUp(self) -> None:
            self.telemetry = self.enterContext(recording())

        def test_one(self) -> None:
            admit(1)
            self.telemetry.one(Admitted, number=1)

        def test_two(self) -> None:
            self.telemetry.none(Admitted)

    result = unittest.TestResult()
    unittest.defaultTestLoader.loadTestsFromTestCase(Case).run(result)
    assert (result.testsRun, result.failures, result.errors) == (2, [], [])


def test_it_makes_no_folder_thread_or_connection(environment: dict[str, str]) -> None:
    """Nothing that a machine without a network or a disk would lack."""
    out = python(
        """
import os, socket, threading
def refuse(*a, **k):
    raise AssertionError("the network was used")
socket.socket.connect = socket.socket.bind = socket.getaddrinfo = refuse
import labotel
from labotel.testing import recording
from project.clinic import Admitted, Species, catalog
with recording() as telemetry:
    labotel.configure(catalogs=[catalog])
    for n in range(2000):
        labotel.emit(Admitted(species=Species.CANINE, owner="ada", number=n))
    telemetry.prefix("")
    labotel.flush()
print(threading.active_count(), os.path.exists(os.environ["LABOTEL_RUNTIME_DIR"]),
      len(telemetry.all(Admitted)), *sorted({"django", "celery"} & {*__import__("sys").modules}))
""",
        environment,
    )
    assert out.split() == ["1", "False", "2000"]
