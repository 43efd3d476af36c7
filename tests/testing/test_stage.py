"""What stands in the place of `configure` while tests run."""

import logging

import pytest
from opentelemetry import trace

import labotel
from labotel.configure import present
from labotel.events import dispatch
from labotel.events.errors import ConfigurationError
from labotel.testing import recording
from labotel.testing.stage import Stage, stage
from project.clinic import Admitted, Species, catalog
from running import python


def admit(number: int) -> None:
    """Say that a patient came."""
    labotel.emit(Admitted(species=Species.CANINE, owner="ada", number=number))


def say(number: int) -> None:
    """Say it as an event, as a log line and as a span."""
    with trace.get_tracer("t").start_as_current_span(f"admit {number}"):
        admit(number)
        logging.getLogger("app").warning("admitted %s", number)


@pytest.fixture
def in_memory() -> Stage:
    """The stage as the plugin has it for a whole session; it is left by each test itself."""
    stage.enter()
    return stage


def test_configure_in_memory_stays_until_the_stage_is_left(in_memory: Stage) -> None:
    """Calling it again is harmless; afterwards nothing is configured."""
    labotel.configure(service_name="clinic", catalogs=[catalog])
    made = present()
    assert made is not None and made.settings.service_name == "clinic"
    labotel.configure(service_name="other")
    assert present() is made
    with recording() as telemetry:
        admit(1)
    assert telemetry.one(Admitted).number == 1
    assert present() is made
    in_memory.leave()
    assert present() is None and dispatch.sink is None


def test_what_is_said_while_no_test_records_is_judged_and_forgotten(in_memory: Stage) -> None:
    """A wrong event raises as ever."""
    labotel.configure(catalogs=[catalog])
    try:
        admit(1)
        with pytest.raises(labotel.EventError):
            labotel.emit(Admitted(species="bovine", owner="ada", number=1))  # type: ignore[arg-type]
        with recording() as telemetry:
            admit(2)
        assert telemetry.one(Admitted).number == 2
    finally:
        in_memory.leave()


def test_wrong_settings_raise_in_memory_too(in_memory: Stage) -> None:
    """And nothing is configured then."""
    try:
        with pytest.raises(ConfigurationError, match="service_name"):
            labotel.configure(service_nam="clinic")
        assert present() is None and dispatch.sink is None
    finally:
        in_memory.leave()


def test_configure_within_a_recording_is_in_force_at_once(in_memory: Stage) -> None:
    """What was said before and after it is one history; it stays after the recording."""
    with recording() as telemetry:
        admit(1)
        labotel.configure(catalogs=[catalog])
        admit(2)
    try:
        assert [e.number for e in telemetry.all(Admitted)] == [1, 2]
        assert present() is not None
    finally:
        in_memory.leave()


def test_configure_within_a_recording_alone_ends_with_it() -> None:
    """Without the plugin the next `configure` is a real one again."""
    with recording() as telemetry:
        labotel.configure(catalogs=[catalog])
        assert present() is not None
        admit(1)
    assert telemetry.one(Admitted)
    assert present() is None and dispatch.sink is None


def test_shutdown_within_a_recording_ends_what_it_sees_and_nothing_else(in_memory: Stage) -> None:
    """An application's own end does not cost the next test its configuration."""
    labotel.configure(catalogs=[catalog])
    made = present()
    try:
        with recording() as telemetry:
            say(1)
            assert labotel.flush() and labotel.shutdown()
            say(2)
            assert present() is None
        assert [e.number for e in telemetry.all(Admitted)] == [1]
        assert [line.message for line in telemetry.logs] == ["admitted 1"]
        assert [span.name for span in telemetry.spans] == ["admit 1"]
        assert present() is made
        with recording() as telemetry:
            admit(3)
        assert telemetry.one(Admitted).number == 3
    finally:
        in_memory.leave()


def test_after_shutdown_a_recording_may_be_configured_anew(in_memory: Stage) -> None:
    """It is judged, and what is said is recorded again."""
    labotel.configure(catalogs=[catalog])
    made = present()
    try:
        with recording() as telemetry:
            labotel.shutdown()
            with pytest.raises(ConfigurationError):
                labotel.configure(service_nam="clinic")
            labotel.configure(catalogs=[catalog])
            say(1)
        assert telemetry.one(Admitted) and present() is made
        assert len(telemetry.logs) == len(telemetry.spans) == 1
    finally:
        in_memory.leave()


def test_shutdown_outside_a_recording_ends_the_configuration(in_memory: Stage) -> None:
    """As in production; a recording needs none."""
    labotel.configure(catalogs=[catalog])
    assert labotel.shutdown() and labotel.shutdown()
    assert present() is None and dispatch.sink is None
    with recording() as telemetry:
        admit(1)
    assert telemetry.one(Admitted)
    in_memory.leave()


def test_recordings_that_end_out_of_order_leave_the_last_one_in_force() -> None:
    """Whoever ends first: as long as one is on it gets everything."""
    first, second = recording(), recording()
    one = first.__enter__()
    two = second.__enter__()
    first.__exit__(None, None, None)
    admit(1)
    assert two.one(Admitted).number == 1 and one.history == []
    second.__exit__(None, None, None)
    assert dispatch.sink is None and present() is None


def test_a_forked_child_waits_for_no_lock_of_its_parents(environment: dict[str, str]) -> None:
    """It has a memory of its own, and ends without sending anything."""
    out = python(
        """
import os, sys, threading, time
import labotel
from labotel.testing import recording
from project.clinic import Admitted, Species
from labotel.testing.stage import stage
def admit(n):
    labotel.emit(Admitted(species=Species.CANINE, owner="ada", number=n))
with recording() as telemetry:
    admit(1)
    telemetry._recorder.lock.acquire()
    child = os.fork()
    if child == 0:
        began = time.monotonic()
        admit(2)
        os._exit(0 if len(telemetry.all(Admitted)) == 2 and time.monotonic() - began < 0.9 else 1)
    telemetry._recorder.lock.release()
    print(os.waitpid(child, 0)[1], len(telemetry.all(Admitted)))
""",
        environment,
    )
    assert out.split() == ["0", "1"]
