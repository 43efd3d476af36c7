"""How the gauges of integrations and of the application are read."""

from collections.abc import Callable
from typing import Literal

import pytest

import labotel
from labotel.events.errors import EventError
from labotel.events.fields import read
from labotel.signals.readings import series
from labotel.viewer.receiver import Receiver
from running import python

RunDjango = Callable[..., str]

DECLARED = """
labotel.shutdown()
A, B = labotel.Gauge("things_a", scope="process"), labotel.Gauge("things_b", scope="process")
labotel.configure(catalogs=[catalog, labotel.Catalog("things", gauges=[A, B])])
work()
"""


def test_a_supplier_may_come_late_and_go(run_django: RunDjango) -> None:
    """As those of an integration whose framework is imported later."""
    out = run_django(
        DECLARED
        + """
print(total("things_a"))
labotel.gauge(A)(lambda: 5)
print(total("things_a"))
"""
    )
    assert out.splitlines() == ["0", "5"]


def test_a_gauge_that_fails_has_no_value(run_django: RunDjango) -> None:
    """An old one would look like a reading; the fault is counted, the others are there."""
    out = run_django(
        DECLARED
        + """
readings = [1]
labotel.gauge(A)(lambda: readings.pop())
labotel.gauge(B)(lambda: 2)
from labotel.configure import present
held = lambda: present().pipeline.meter.metrics
print(total("things_a"), total("things_b"))
print(total("things_b"), "things_a" in held(), "things_b" in held())
time.sleep(1)
print(total("labotel_faults_total", where="gauge_things_a") >= 1)
"""
    )
    assert out.splitlines() == ["1 2", "2 False True", "True"]


def test_a_fork_waits_for_the_reading_under_way(run_django: RunDjango) -> None:
    """A child never begins in the middle of an import or with a driver's lock held for ever."""
    out = run_django(
        DECLARED
        + """
lock, reading = threading.Lock(), threading.Event()
@labotel.gauge(A)
def slow():
    with lock:
        reading.set()
        time.sleep(0.4)
    return 1
threading.Thread(target=labotel.flush, daemon=True).start()
reading.wait(10)
pid = os.fork()
if pid == 0:
    print("child:", lock.acquire(timeout=5), flush=True)
    os._exit(0)
os.waitpid(pid, 0)
"""
    )
    assert out.splitlines() == ["child: True"]


def test_a_fork_does_not_wait_for_a_gauge_that_hangs(run_django: RunDjango) -> None:
    """For a second from its begin at most; and never in the supplier that forks itself."""
    out = run_django(
        DECLARED
        + """
def timed_fork():
    began = time.monotonic()
    pid = os.fork()
    if pid == 0:
        os._exit(0)
    os.waitpid(pid, 0)
    return time.monotonic() - began

took = []
labotel.gauge(A)(lambda: took.append(timed_fork()) or 1)
reading = threading.Event()
@labotel.gauge(B)
def hangs():
    reading.set()
    time.sleep(30)
labotel.flush(10)
reading.wait(10)
print(took[0] < 0.5, timed_fork() < 0.5, timed_fork() < 0.5)
"""
    )
    assert out.split() == ["True"] * 3


def test_a_fork_waits_little_for_a_supplier_that_has_answered_before(
    run_django: RunDjango,
) -> None:
    """It imports nothing any more: what takes long is a query, which no child waits for."""
    out = run_django(
        DECLARED
        + """
times, reading = [0, 3], threading.Event()
@labotel.gauge(A)
def slow():
    reading.set()
    time.sleep(times.pop(0))
    return 1
labotel.flush(10)
reading.clear()
threading.Thread(target=labotel.flush, daemon=True).start()
reading.wait(10)
began = time.monotonic()
pid = os.fork()
if pid == 0:
    os._exit(0)
took = time.monotonic() - began
os.waitpid(pid, 0)
print(took < 0.6, took)
"""
    )
    assert out.split()[0] == "True", out


NESTED = """
import os, signal
arrives = []
def poke():
    if arrives:
        os.kill(os.getpid(), arrives.pop())
os.register_at_fork(before=poke)  # before labotel's, so that it runs while labotel's lock is held

import labotel
from labotel.configure import present
from labotel.export.gauging import Gauges

A = labotel.Gauge("things_a")
labotel.gauge(A)(lambda: 5)
labotel.configure(catalogs=[labotel.Catalog("things", gauges=[A])], instrument=[])

def forked(*_):
    pid = os.fork()
    if pid == 0:
        os._exit(0)
    os.waitpid(pid, 0)

def value():
    gauges = Gauges(present().runtime.catalogs, present().pipeline)
    gauges.read(True)
    return present().pipeline.meter.metrics["things_a"].cells[()].value
"""


def test_a_fork_inside_another_gives_the_gauges_back(environment: dict[str, str]) -> None:
    """Of a signal's handler, between the hooks of the fork: the outermost one has the lock."""
    out = python(
        NESTED
        + """
signal.signal(signal.SIGUSR1, forked)
arrives.append(signal.SIGUSR1)
forked()
assert not arrives
print(value())
forked()
print(value())
""",
        environment,
    )
    assert out.split() == ["5", "5"]


def test_a_child_of_a_fork_inside_another_reads_gauges_too(environment: dict[str, str]) -> None:
    """It goes on where the handler stood, and ends a fork that its parent began."""
    out = python(
        NESTED
        + """
def on(*_):
    if os.fork():
        os.wait()
signal.signal(signal.SIGUSR1, on)
arrives.append(signal.SIGUSR1)
forked()
forked()
print(value(), flush=True)
""",
        environment,
    )
    assert out.split() == ["5", "5"]


@pytest.mark.parametrize(
    ("reading", "row"),
    [(3, "3"), (None, "None"), ([("s", 1), ("l",)], "('l',)"), ([("s", "many")], "('s', 'many')")],
)
def test_what_is_no_row_is_named_with_what_is_allowed(reading: object, row: str) -> None:
    """A number where rows are due, a row without its labels, and what is no number."""
    declared = labotel.Gauge("things", by={"size": Literal["s", "l"]})
    fields = (read("things", "size", Literal["s", "l"]),)
    with pytest.raises(EventError) as caught:
        series(declared, fields, reading)
    said = f"things: its supplier gave {row}; allowed: size, and a finite number"
    assert str(caught.value) == said


def test_the_reading_threads_number_is_free_afterwards(
    receiver: Receiver, run_django: RunDjango
) -> None:
    """Where the system gives it to a thread of the application's, that one is observed."""
    run_django(
        DECLARED
        + """
from django.core.cache import cache
number = []
labotel.gauge(A)(lambda: number.append(threading.get_ident()) or 1)
labotel.flush(10)
hit = threading.Event()
def use():
    if threading.get_ident() == number[-1]:
        cache.set("a", 1)
        hit.set()
for _ in range(50):
    thread = threading.Thread(target=use)
    thread.start()
    thread.join(10)
    if hit.is_set():
        break
else:
    cache.set("a", 1)  # this system gives no number twice
labotel.shutdown()
"""
    )
    assert receiver.store.total("cache_operations_total") >= 1
