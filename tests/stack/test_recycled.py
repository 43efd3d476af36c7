"""Processes that come and go: Prometheus has their sum, their increase, and few series of them.

200 of them take turns in 8 places; then 8 new ones begin before the 8 old ones end, as a reload
does, and half of them go, as a scale-down does.
"""

import time
from dataclasses import dataclass

import pytest

from running import python

from .backends import LOOKBACK
from .stack import Stack

pytestmark = pytest.mark.timeout(600)

PLACES, TURNS = 8, 200
SCRIPT = f"""
import os, random, sys, time
import labotel
from project.telemetry import Ordered, catalog

labotel.configure(catalogs=[catalog])
PLACES, TURNS = {PLACES}, {TURNS}
random.seed(6)

def child(work):
    pid = os.fork()
    if pid == 0:
        work()
        sys.exit(0)
    return pid

def said(n, size):
    for i in range(n):
        labotel.emit(Ordered(size=size, order_id=i))

def turn(n, stay):
    said(n, "small")
    time.sleep(stay)
    said(n, "large")

def stays(event):
    def work():
        said(5, "small")
        while not os.path.exists(event):
            time.sleep(0.05)
        said(5, "large")
    return work

here = os.environ["LABOTEL_RUNTIME_DIR"]
said(3, "small")  # the one that stays: it has the lease
total = 3
running = set()
for _ in range(TURNS):
    while len(running) >= PLACES:
        pid, status = os.wait()
        assert status == 0
        running.discard(pid)
    n = random.randint(1, 20)
    total += 2 * n
    running.add(child(lambda n=n: turn(n, random.uniform(0, 0.5))))
while running:
    pid, status = os.wait()
    running.discard(pid)
old = [child(stays(here + "/reload")) for _ in range(PLACES)]
time.sleep(2)
new = [child(stays(here + f"/{{place % 2}}")) for place in range(PLACES)]
time.sleep(1)
open(here + "/reload", "w").close()
[os.waitpid(pid, 0) for pid in old]
time.sleep(1)
open(here + "/0", "w").close()  # a scale-down: every second one goes
[os.waitpid(pid, 0) for pid in new[::2]]
total += 10 * PLACES + 10 * PLACES // 2 + 5 * PLACES // 2  # four have not said all yet
print(total, flush=True)
time.sleep({LOOKBACK} + 6)  # what nobody exports is gone from every sum by now
print(time.time(), flush=True)
open(here + "/1", "w").close()
[os.waitpid(pid, 0) for pid in new[1::2]]
labotel.shutdown()
"""


@dataclass
class Told:
    """How much was said until a moment, and since when (s since 1970)."""

    total: int
    since: float
    until: float


@pytest.fixture(scope="module")
def told(stack: Stack, tmp_path_factory: pytest.TempPathFactory) -> Told:
    """All of it happens, and Prometheus has seen it."""
    runtime = tmp_path_factory.mktemp("recycled")
    since = time.time()
    out = python(
        SCRIPT,
        stack.application("recycled", runtime),
        timeout=300,
    )
    total, until = out.split()
    return Told(int(total), since, float(until))


def test_the_sum_is_what_was_said(told: Told, stack: Stack) -> None:
    """Over the 217 processes, of which five live."""
    query = 'sum(orders_total{service_name="recycled"})'
    assert stack.metrics().number(query, told.until) == told.total


def test_the_increase_is_what_was_said(told: Told, stack: Stack) -> None:
    """From before the first of them to now, whoever had a slot after whom."""
    window = int(told.until - told.since) + 30
    query = f'sum(increase(orders_total{{service_name="recycled"}}[{window}s] anchored))'
    assert stack.metrics().number(query, told.until) == pytest.approx(told.total, abs=1e-6)


def test_no_series_ever_went_back(told: Told, stack: Stack) -> None:
    """A counter that falls is a restart to Prometheus, and what it fell by is counted twice."""
    window = int(told.until - told.since) + 30
    query = f'max(resets(orders_total{{service_name="recycled"}}[{window}s]))'
    assert stack.metrics().number(query, told.until) == 0


def test_there_are_no_more_series_than_label_sets_and_slots(told: Told, stack: Stack) -> None:
    """Two label sets; at most the old, the new and the one that stays lived at one time."""
    window = int(told.until - told.since) + 30
    query = f'count(last_over_time(orders_total{{service_name="recycled"}}[{window}s]))'
    assert stack.metrics().number(query, told.until) <= 2 * (2 * PLACES + 1)
