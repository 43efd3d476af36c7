"""The process's metrics, against what psutil says in the same moments."""

import sys
from collections.abc import Callable

import pytest

from labotel.viewer.receiver import Receiver

RunDjango = Callable[..., str]
COUNTERS = (
    "process_cpu_seconds_total", "python_gc_collections_total", "python_gc_objects_collected_total",
)  # fmt: skip


def value(receiver: Receiver, name: str, **labels: str) -> float:
    """The one value that stands at the receiver."""
    (found,) = (
        p.value
        for p in receiver.points
        if p.name == name and labels.items() <= p.attributes.items()
    )
    return found or 0


def test_each_gauge_is_psutils(receiver: Receiver, run_django: RunDjango) -> None:
    """Of the same process, in the same moment; a thread and two files more are seen."""
    out = run_django(
        """
        import psutil
        me = psutil.Process()
        stop = threading.Event()
        thread = threading.Thread(target=stop.wait)
        thread.start()
        files = [open("/dev/null") for _ in range(2)]
        work()
        labotel.flush(10)
        labotel.flush(10)
        # The thread that reads the gauges has ended by now.
        # psutil counts the descriptor that it counts with.
        print(me.memory_info().rss, me.num_threads() + 1, me.num_fds() - 1, me.create_time())
        stop.set()
        labotel.shutdown()
        """
    )
    memory, threads, files, began = map(float, out.split())
    assert value(receiver, "process_resident_memory_bytes") == pytest.approx(memory, rel=0.1)
    assert value(receiver, "process_threads") == threads
    assert value(receiver, "process_open_fds") == files
    assert value(receiver, "process_start_time_seconds") == pytest.approx(began, abs=2)
    version = ".".join(map(str, sys.version_info[:3]))
    assert value(receiver, "python_info", version=version, implementation="CPython") == 1


def test_processor_time_is_counted_to_the_end(receiver: Receiver, run_django: RunDjango) -> None:
    """All of it since the process began, what came after the last reading too."""
    out = run_django(
        """
        work()
        labotel.flush(10)
        until = time.process_time() + 0.5
        while time.process_time() < until:
            pass
        print(time.process_time())
        labotel.shutdown()
        """
    )
    counted = receiver.store.total("process_cpu_seconds_total")
    assert float(out) <= counted <= float(out) + 1.5


def test_the_first_reading_has_no_share_and_the_second_has(
    receiver: Receiver, run_django: RunDjango
) -> None:
    """100 is one core; over no time there is none."""
    out = run_django(
        """
        work()
        print(total("process_cpu_percent"))
        until = time.process_time() + 0.3
        while time.process_time() < until:
            pass
        labotel.flush(10)
        labotel.shutdown()
        """
    )
    assert out == "0\n"
    assert 0 < value(receiver, "process_cpu_percent") < 1000


def test_collections_are_those_of_the_collector(receiver: Receiver, run_django: RunDjango) -> None:
    """By generation, as `gc.get_stats` has them; two cycles are four objects at least."""
    out = run_django(
        """
        import gc
        gc.disable()
        work()
        labotel.flush(10)
        class Node: pass
        for _ in range(2):
            a, b = Node(), Node()
            a.other, b.other = b, a
        del a, b
        before = gc.get_stats()
        gc.collect()
        after = gc.get_stats()
        print(after[2]["collections"], after[2]["collected"],
              after[2]["collected"] - before[2]["collected"])
        labotel.shutdown()
        """
    )
    collections, objects, last = map(int, out.split())
    counted = receiver.store.total
    assert last >= 4
    assert counted("python_gc_collections_total", generation="2") >= collections
    assert counted("python_gc_objects_collected_total", generation="2") >= objects


def test_a_forked_child_counts_its_own(receiver: Receiver, run_django: RunDjango) -> None:
    """Nothing of what its parent had worked or collected before the fork stands in it twice."""
    out = run_django(
        """
        import gc
        for _ in range(50):
            gc.collect()
        until = time.process_time() + 1
        while time.process_time() < until:
            pass
        work()
        labotel.flush(10)
        pid = os.fork()
        if pid == 0:
            work()
            labotel.flush(10)
            labotel.shutdown()
            os._exit(0)
        os.waitpid(pid, 0)
        children = os.times()
        print(time.process_time() + children.children_user + children.children_system)
        print(gc.get_stats()[2]["collections"])
        labotel.shutdown()
        """
    )
    cpu, collections = map(float, out.split())
    assert len(receiver.store.identities("process_cpu_seconds_total")) == 2
    assert receiver.store.total("process_cpu_seconds_total") == pytest.approx(cpu, abs=0.9)
    counted = receiver.store.total("python_gc_collections_total", generation="2")
    assert collections <= counted < collections + 25


def test_a_process_that_takes_over_a_slot_counts_on(
    receiver: Receiver, run_django: RunDjango
) -> None:
    """Two processes, one after the other: the sum is both's, under one identity."""
    once = "work()\nlabotel.flush(10)\nlabotel.shutdown()"
    run_django(once)
    first = receiver.store.total("process_cpu_seconds_total")
    run_django(once)
    assert first > 0
    assert receiver.store.total("process_cpu_seconds_total") > 1.3 * first
    assert len(receiver.store.identities("process_cpu_seconds_total")) == 1


def test_configuring_again_counts_nothing_twice(receiver: Receiver, run_django: RunDjango) -> None:
    """What was told before `shutdown` was told."""
    out = run_django(
        """
        work()
        labotel.shutdown()
        labotel.configure(catalogs=[catalog])
        work()
        labotel.shutdown()
        print(time.process_time())
        """
    )
    counted = receiver.store.total("process_cpu_seconds_total")
    assert counted == pytest.approx(float(out), abs=0.2)


def test_left_out_it_says_nothing(receiver: Receiver, run_django: RunDjango) -> None:
    """By `instrument`."""
    run_django("work()\nlabotel.flush(10)\nlabotel.shutdown()", LABOTEL_INSTRUMENT="logging")
    assert {p.name for p in receiver.points} & {*COUNTERS, "python_info"} == set()


def test_a_process_that_says_nothing_starts_nothing(
    receiver: Receiver, run_django: RunDjango
) -> None:
    """Its end is no signal of its own: gunicorn's master takes no slot by it."""
    out = run_django(
        "labotel.shutdown()\nprint(threading.active_count())", LABOTEL_INSTRUMENT="process"
    )
    assert out == "1\n"
    assert receiver.points == []


def test_on_the_page_moments_are_not_added_up(run_django: RunDjango) -> None:
    """Over two processes of a host: the latest start, one Python, and the sum of their memory."""
    out = run_django(
        """
        from labotel.export.page import Page
        from labotel.configure import present
        runtime = present().runtime
        work()
        labotel.flush(10)
        ready, go_on = os.pipe(), os.pipe()
        pid = os.fork()
        if pid == 0:
            work()
            labotel.flush(10)
            os.write(ready[1], b"x")
            os.read(go_on[0], 1)
            os._exit(0)
        os.read(ready[0], 1)
        def gauges(meter):
            return {name: sum(c.value for c in metric.cells.values())
                    for name, metric in meter.metrics.items() if metric.kind == "gauge"}
        found = gauges(Page(runtime).total())
        print(found["process_start_time_seconds"] - time.time(), found["python_info"])
        own = gauges(runtime.pipeline.meter)["process_resident_memory_bytes"]
        print(found["process_resident_memory_bytes"] / own)
        os.write(go_on[1], b"x")
        os.waitpid(pid, 0)
        labotel.shutdown()
        """
    )
    ago, pythons, share = map(float, out.split())
    assert -60 < ago < 2
    assert pythons == 1
    assert 1.2 < share < 3
