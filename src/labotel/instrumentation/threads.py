"""Threads and executors: what is begun by a piece of work goes on in its trace, for its actor.

A thread has the context of whoever starts it. A job of a pool has that of whoever submits it, in
threads as in processes; the pool's own threads and processes outlive any work, so they have none.
"""

from collections.abc import Callable
from threading import Thread
from typing import Any

from opentelemetry.context import get_current

from labotel.instrumentation.messages import announce, announced
from labotel.instrumentation.wrapping import Wrapping
from labotel.signals.carried import NOTHING, Carried, carried


def threads() -> Wrapping:
    """Return the wrapping of `threading.Thread.start`, of all its subclasses too."""
    return Wrapping("Thread", "start", _start_in_context)


def thread_pools() -> Wrapping:
    """Return the wrapping of `concurrent.futures.thread.ThreadPoolExecutor.submit`."""
    return Wrapping("ThreadPoolExecutor", "submit", _submit_to_thread)


def process_pools() -> Wrapping:
    """Return the wrapping of `concurrent.futures.process.ProcessPoolExecutor.submit`."""
    return Wrapping("ProcessPoolExecutor", "submit", _submit_to_process)


def _start_in_context(original: Callable[[Thread], None]) -> Callable[[Thread], None]:
    def start(thread: Thread) -> None:
        along = carried()
        if along == NOTHING:
            original(thread)
            return
        # On the instance: a subclass may have a `run` of its own, as Timer has.
        former, run = thread.__dict__.get("run"), thread.run

        def restore() -> None:
            if former is None:
                del thread.run
            else:
                thread.run = former  # type: ignore[method-assign]  # as the application had set it

        def run_in_context() -> None:
            restore()
            with along.in_force():
                run()

        thread.run = run_in_context  # type: ignore[method-assign]
        try:
            original(thread)
        except BaseException:  # no thread was started: by the system, or because it was before
            if thread.__dict__.get("run") is run_in_context:
                restore()
            raise

    return start


def _submit_to_thread(original: Callable[..., Any]) -> Callable[..., Any]:
    def submit(pool: Any, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Any:
        along = carried()
        if along == NOTHING:
            return original(pool, fn, *args, **kwargs)

        def job(*args: Any, **kwargs: Any) -> Any:
            with along.in_force():
                return fn(*args, **kwargs)

        with NOTHING.in_force():  # the pool may start a thread now
            return original(pool, job, *args, **kwargs)

    return submit


def _submit_to_process(original: Callable[..., Any]) -> Callable[..., Any]:
    def submit(pool: Any, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Any:
        headers = _headers()
        if not headers:
            return original(pool, fn, *args, **kwargs)
        with NOTHING.in_force():  # the pool may start, or fork, its processes now
            return original(pool, _job, headers, fn, *args, **kwargs)

    return submit


def _headers() -> dict[str, str]:
    from opentelemetry.propagate import inject  # reads the propagators' entry points

    headers: dict[str, str] = {}
    try:
        inject(headers)
    except Exception:  # a propagator of the application's may raise; the job is worth more
        headers.clear()
    announce(headers)
    return headers


def _job(headers: dict[str, str], fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Any:
    """Run a job in a pool's process."""
    from opentelemetry.propagate import extract

    along = Carried(extract(headers, get_current()), announced(headers.get))
    with along.in_force():
        return fn(*args, **kwargs)
