"""The start of a process: how much CPU one statement takes, and which threads run after it.

Nothing is imported here that either side would import itself, or it would get it for nothing.
"""

import sys
import time
from collections.abc import Callable
from typing import Final

from benchmarks.pace import pace

AROUND: Final = 5
"""How often the pace is asked for before and after the statement."""


def run(statement: Callable[[], object], threads: int | None = None) -> None:
    """Run a statement once and print its cost; with `threads`, so many must run after it.

    The word `frameworks` on the command line: Django and Celery are imported beforehand.
    """
    if "frameworks" in sys.argv:
        load_frameworks()
    paces = [pace() for _ in range(AROUND)]
    before = time.process_time()
    statement()
    took = time.process_time() - before
    paces += [pace() for _ in range(AROUND)]
    _check(threads)
    import json
    import os

    print(json.dumps({"units": 1, "process": took, "pace": sum(paces) / len(paces)}), flush=True)
    os._exit(0)  # what an end costs is not part of a start


def load_frameworks() -> None:
    """Import what a Django project with Celery has imported when its web server is up."""
    import django
    from celery import Celery
    from django.conf import settings

    databases = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}}
    settings.configure(SECRET_KEY="bench", DATABASES=databases)
    django.setup()
    import django.core.handlers.wsgi
    import django.db.models
    import django.urls

    # `import celery` alone is lazy: an app with a task has imported what Celery is made of.
    Celery("bench").task(load_frameworks)


def _check(threads: int | None) -> None:
    import threading

    running = [thread.name for thread in threading.enumerate()]
    if threads is not None and len(running) != threads:
        raise SystemExit(f"threads after the start: {running}; there should be {threads}")
