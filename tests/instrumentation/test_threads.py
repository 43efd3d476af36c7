"""Threads and executors go on in the trace that began them, and their pools in none."""

import asyncio
import concurrent.futures.process
import concurrent.futures.thread
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from opentelemetry import trace
from opentelemetry.context import Context
from opentelemetry.instrumentation.threading import ThreadingInstrumentor
from opentelemetry.trace import NonRecordingSpan, SpanContext

from labotel.instrumentation import threads
from labotel.signals.carried import Carried, pseudonym
from labotel.viewer.receiver import Receiver
from running import run

Place = tuple[int, str | None]
NOWHERE: Place = (0, None)


def where() -> Place:
    """Return the span and the actor that are in force here."""
    return trace.get_current_span().get_span_context().span_id, pseudonym()


def work(number: int) -> Any:
    """Put a request in force, whose place is (number, "p-number")."""
    span = NonRecordingSpan(SpanContext(0xABC, number, False))
    return Carried(trace.set_span_in_context(span, Context()), lambda: f"p-{number}").in_force()


@pytest.fixture(autouse=True)
def wrapped() -> Iterator[None]:
    """The classes with labotel's wrappings, then with their own methods."""
    own = threading.Thread.start, ThreadPoolExecutor.submit
    wrappings = threads.threads(), threads.thread_pools()
    wrappings[0].connect(threading)
    wrappings[1].connect(concurrent.futures.thread)
    yield
    for wrapping in wrappings:
        wrapping.disconnect()
    assert own == (threading.Thread.start, ThreadPoolExecutor.submit)


def by_thread(make: Callable[[Callable[[], None]], threading.Thread]) -> Place:
    """Return where a thread is that is made and started here."""
    seen: list[Place] = []
    thread = make(lambda: seen.append(where()))
    thread.start()
    thread.join()
    return seen[0]


class Runner(threading.Thread):
    """A thread with a `run` of its own, that does not call Thread's."""

    def __init__(self, act: Callable[[], None]) -> None:
        super().__init__()
        self.act = act

    def run(self) -> None:
        self.act()


def by_pool() -> Place:
    """Return where a job of a pool is."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(where).result()


def by_map() -> Place:
    """Return where a call that a pool maps is."""
    with ThreadPoolExecutor(1) as pool:
        return next(pool.map(lambda _: where(), [1]))


def by_loop() -> Place:
    """Return where a job of an event loop's own pool is."""

    async def main() -> Place:
        return await asyncio.get_running_loop().run_in_executor(None, where)

    return asyncio.run(main())


WAYS: dict[str, Callable[[], Place]] = {
    "Thread": lambda: by_thread(lambda act: threading.Thread(target=act)),
    "a subclass": lambda: by_thread(Runner),
    "Timer": lambda: by_thread(lambda act: threading.Timer(0.01, act)),
    "submit": by_pool,
    "map": by_map,
    "run_in_executor": by_loop,
    "to_thread": lambda: asyncio.run(asyncio.to_thread(where)),
    "sync_to_async": lambda: asyncio.run(sync_to_async(where)()),
    "sync_to_async, any thread": lambda: asyncio.run(
        sync_to_async(where, thread_sensitive=False)()
    ),
}


@pytest.mark.parametrize("way", WAYS)
def test_what_begins_in_a_request_goes_on_in_it(way: str) -> None:
    """The request's span and actor; outside any request there is neither."""
    with work(7):
        assert WAYS[way]() == (7, "p-7")
    assert WAYS[way]() == NOWHERE


def test_a_thread_of_a_pool_keeps_nothing_of_a_job() -> None:
    """One thread: a job of one request, of none, of another; a job that fails leaves nothing."""
    started: list[Place] = []
    with ThreadPoolExecutor(1, initializer=lambda: started.append(where())) as pool:
        with work(1):
            first = pool.submit(where).result()
            failing = pool.submit(lambda: 1 / 0)
        none = pool.submit(where).result()
        with work(2):
            second = pool.submit(where).result()
        assert isinstance(failing.exception(), ZeroDivisionError)
    assert (first, none, second) == ((1, "p-1"), NOWHERE, (2, "p-2"))
    assert started == [NOWHERE]


def test_it_goes_with_opentelemetrys_own_package() -> None:
    """An application that uses it too: on top of labotel's, until it takes it back."""
    package = ThreadingInstrumentor()
    package.instrument()
    try:
        for way in WAYS.values():
            with work(7):
                assert way() == (7, "p-7")
            assert way() == NOWHERE
    finally:
        package.uninstrument()


def test_a_thread_is_as_it_was_made() -> None:
    """Once it runs nothing of labotel's is on it; a second start is the error that it always was.

    A `run` that the application put on the instance is called, and stays.
    """
    seen: list[Place] = []
    plain, special = threading.Thread(target=lambda: seen.append(where())), threading.Thread()
    special.run = own = lambda: seen.append(where())  # type: ignore[method-assign]
    with work(3):
        for thread in (plain, special):
            thread.start()
            thread.join()
            with pytest.raises(RuntimeError, match="only be started once"):
                thread.start()
    assert seen == [(3, "p-3")] * 2
    assert "run" not in vars(plain) and special.run is own


def test_a_thread_that_cannot_start_may_be_started_later(monkeypatch: pytest.MonkeyPatch) -> None:
    """The system has no thread left: the error is the application's, and the thread untouched."""
    thread = threading.Thread(target=lambda: None)

    def none_left(*args: Any, **kwargs: Any) -> None:
        raise RuntimeError("can't start new thread")

    with work(4), monkeypatch.context() as broken:
        broken.setattr(threading, "_start_new_thread", none_left)
        with pytest.raises(RuntimeError, match="can't start"):
            thread.start()
    assert "run" not in vars(thread)


@pytest.mark.parametrize("method", ["fork", "spawn"])
def test_a_job_of_a_process_pool_goes_on_in_its_submitters_trace(
    receiver: Receiver, environment: dict[str, str], method: str
) -> None:
    """Each job in its own; the pool's process, forked in the first, has none between them."""
    out = run(
        f"""
        import multiprocessing
        from concurrent.futures import ProcessPoolExecutor
        from opentelemetry import trace
        tracer = trace.get_tracer("app")
        def ask(pool):
            return pool.submit(eval, "__import__('opentelemetry.trace').trace.get_current_span()"
                               ".get_span_context().trace_id").result(60)
        with ProcessPoolExecutor(1, multiprocessing.get_context({method!r})) as pool:
            found = []
            for name in "ab":
                with tracer.start_as_current_span(name) as span:
                    found.append(ask(pool) == span.get_span_context().trace_id)
                found.append(ask(pool))
        print(found)
        labotel.shutdown()
        """,
        environment,
    )
    assert out.strip() == "[True, 0, True, 0]"


def test_labotels_own_threads_are_in_no_trace(
    receiver: Receiver, environment: dict[str, str]
) -> None:
    """They start in the middle of the first request, and would have its span for ever."""
    out = run(
        """
        from opentelemetry import trace
        from labotel import Catalog, Gauge
        from labotel.events.gauges import gauge
        from labotel.catalogs.host import catalog as host
        import threading
        seen = []
        first = next(iter(host.gauges))
        def supplier():
            seen.append(trace.get_current_span() is trace.INVALID_SPAN)
            return []
        gauge(first)(supplier)
        with trace.get_tracer("app").start_as_current_span("request"):
            order(1)
            assert {"labotel-drain", "labotel-send"} <= {t.name for t in threading.enumerate()}
            labotel.flush(10)
        print(set(seen))
        labotel.shutdown()
        """,
        environment,
    )
    assert out.strip() == "{True}"


def test_a_fork_in_a_thread_goes_on_in_its_trace(
    receiver: Receiver, environment: dict[str, str]
) -> None:
    """The child's line has the trace; the child starts threads of its own, and ends."""
    run(
        """
        import logging, threading
        from opentelemetry import trace
        log = logging.getLogger("app")
        def fork():
            child = os.fork()
            if not child:
                threads = [threading.Thread(target=log.info, args=("in the child",))]
                [t.start() for t in threads]; [t.join() for t in threads]
                labotel.shutdown()
                os._exit(0)
            assert os.waitpid(child, 0)[1] == 0
        with trace.get_tracer("app").start_as_current_span("request"):
            log.info("in the parent")
            thread = threading.Thread(target=fork)
            thread.start(); thread.join()
        labotel.shutdown()
        """,
        environment,
    )
    (span,) = receiver.spans
    lines = {r.body: r.trace_id for r in receiver.logs if r.scope == "app"}
    assert lines == {"in the parent": span.trace_id, "in the child": span.trace_id}


def test_without_the_integration_threads_are_left_alone(
    environment: dict[str, str],
) -> None:
    """`instrument` without "threading": the classes have their own methods."""
    run(
        """
        import threading, concurrent.futures.thread as pools
        print(threading.Thread.start.__module__, pools.ThreadPoolExecutor.submit.__module__)
        assert threading.Thread.start.__module__ == "threading"
        assert pools.ThreadPoolExecutor.submit.__module__ == "concurrent.futures.thread"
        """,
        environment | {"LABOTEL_INSTRUMENT": "logging"},
    )
