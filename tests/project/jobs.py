"""Work for the processes that `multiprocessing` starts: labotel is configured by this import."""

import logging

from opentelemetry import trace

import labotel
from project import telemetry

labotel.configure(catalogs=[telemetry.catalog])
logger = logging.getLogger("project.jobs")


def job(number: int) -> int:
    """Order within a span, with one log line."""
    with trace.get_tracer("project").start_as_current_span("job"):
        logger.warning("job %s", number)
        labotel.emit(telemetry.Ordered(size="large", order_id=number))
    return number


def wait(number: int, ready: object) -> None:
    """Do a job, then wait to be ended."""
    import time

    job(number)
    ready.set()  # type: ignore[attr-defined]  # an Event of whichever context
    time.sleep(120)


def fail(number: int) -> None:
    """Do a job, and raise."""
    job(number)
    raise ValueError(number)
