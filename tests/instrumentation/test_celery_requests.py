"""What is wrapped of Celery's requests and billiard's pool, and what exit statuses are."""

import signal
from collections.abc import Callable

import pytest

from labotel.catalogs.tasks import ChildEnd
from labotel.instrumentation.celery.requests import _end_by

RunDjango = Callable[..., str]


def test_disconnecting_gives_the_methods_back(run_django: RunDjango) -> None:
    """To Celery's requests and to billiard's pool; configured again, they are observed again."""
    out = run_django(
        """
        import sys
        for name in ("billiard", "celery.worker", "celery.worker.request"):
            assert name not in sys.modules
        from celery.worker.request import Request
        from billiard.pool import Pool
        def state():
            return [f.__module__ for f in (
                Request.on_timeout, Request.on_failure, Pool.on_job_process_lost)]
        print(*state())
        labotel.shutdown()
        print(*state())
        labotel.configure(catalogs=[catalog])
        print(*state())
        """
    )
    ours = "labotel.instrumentation.celery.requests"
    theirs = "celery.worker.request celery.worker.request billiard.pool"
    assert out.splitlines() == [f"{ours} {ours} {ours}", theirs, f"{ours} {ours} {ours}"]


@pytest.mark.parametrize(
    ("status", "end"),
    [
        (-signal.SIGKILL, ChildEnd.SIGKILL),
        (-signal.SIGSEGV, ChildEnd.SIGSEGV),
        (-signal.SIGTERM, ChildEnd.SIGTERM),
        (signal.SIGTERM, ChildEnd.SIGTERM),  # billiard's handler exits with the signal's number
        (-signal.SIGABRT, ChildEnd.SIGABRT),
        (-signal.SIGBUS, ChildEnd.SIGBUS),
        (-signal.SIGFPE, ChildEnd.OTHER),
        (-40, ChildEnd.OTHER),  # a real-time signal
        (0, ChildEnd.EXIT),
        (1, ChildEnd.EXIT),
        (155, ChildEnd.EXIT),
    ],
)
def test_an_exit_status_is_one_of_few_ends(status: int, end: ChildEnd) -> None:
    """As `multiprocessing` says it: negative by a signal."""
    assert _end_by(status) is end
