"""Which integrations there are, which of them can be connected here, and how."""

from collections.abc import Callable, Sequence
from importlib.util import find_spec
from typing import Any, Final

from labotel.events.errors import nearest
from labotel.export import gauging, leases
from labotel.export.runtime import LEAVE_SHARE, Runtime
from labotel.instrumentation import pages, redis, threads
from labotel.instrumentation.access import Access
from labotel.instrumentation.baggage import BaggageGuard, redirects
from labotel.instrumentation.celery.beat import BeatObserver
from labotel.instrumentation.celery.publishing import PublishObserver
from labotel.instrumentation.celery.queues import QueueObserver
from labotel.instrumentation.celery.tasks import TaskObserver
from labotel.instrumentation.celery.workers import WorkerObserver
from labotel.instrumentation.django.caches import CacheObserver
from labotel.instrumentation.django.lease import database_lease
from labotel.instrumentation.django.packaged import PackagedRequests
from labotel.instrumentation.django.queries import QueryObserver
from labotel.instrumentation.django.requests import RequestObserver
from labotel.instrumentation.django.writes import WriteObserver
from labotel.instrumentation.host import HostObserver
from labotel.instrumentation.imports import when_imported
from labotel.instrumentation.logs import LogObserver
from labotel.instrumentation.uvicorn import server_ends

NEEDS: Final[dict[str, tuple[tuple[str, ...], str]]] = {
    "logging": ((), ""),
    "threading": ((), ""),
    "django": (("django",), 'pip install "labotel[django]"'),
    "celery": (
        ("celery", "opentelemetry.instrumentation.celery"),
        'pip install "labotel[celery]"',
    ),
    "host": (("psutil",), 'pip install "labotel[host]"'),
    "opentelemetry-django": (
        ("django", "opentelemetry.instrumentation.django"),
        'pip install "labotel[django]"',
    ),
}
"""Each integration's packages and the line that installs them. `opentelemetry-django` is
OpenTelemetry's own request instrumentation, in place of labotel's faster one."""
DEFAULT: Final = ("logging", "threading", "django", "celery", "host")


def missing(name: str) -> bool:
    """Tell whether a package that an integration needs is not installed."""
    for package in NEEDS[name][0]:
        try:
            if find_spec(package) is None:
                return True
        except ModuleNotFoundError:
            return True
    return False


def problems(chosen: Sequence[str] | None) -> list[str]:
    """Return what is wrong with the names in `instrument`."""
    found = []
    for name in chosen or ():
        if name not in NEEDS:
            known = ", ".join(map(repr, NEEDS))
            found.append(f"instrument names {name!r}{nearest(name, NEEDS)}; allowed: {known}")
        elif missing(name):
            found.append(f"instrument names {name!r}, which is not installed: {NEEDS[name][1]}")
    return found


class Integrations:
    """The integrations in force."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime
        self._connected: list[tuple[Any, tuple[Any, ...]]] = []
        self._awaited: list[tuple[str, Any]] = []
        self._take_back: list[Callable[[], None]] = []
        self._after_readings: list[Callable[[], None]] = []
        self._with_readings: list[Callable[[], None]] = []

    def connect(self, chosen: Sequence[str] | None) -> None:
        """Connect what was chosen, or all that is installed."""
        names = DEFAULT if chosen is None else chosen
        for name in names:
            if name in NEEDS and not missing(name):
                getattr(self, f"_{name.replace('-', '_')}")()
        self._when("uvicorn.server", server_ends(self._flush))
        self._guard_baggage()
        self._provide()

    def disconnect(self) -> None:
        """Disconnect all, in reverse order."""
        pages.provide(None, None)
        gauging.done.clear()
        gauging.told.clear()
        leases.makers.clear()
        while self._take_back:
            self._take_back.pop()()
        for observer, _ in reversed(self._connected):
            observer.disconnect()

    def resume(self) -> None:
        """Connect all again that was connected, or imported since."""
        self._connected = [pair for pair in self._connected if self._try(*pair)]
        awaited, self._awaited = self._awaited, []
        for module, observer in awaited:
            self._when(module, observer)
        self._provide()

    def _flush(self) -> bool:
        """Flush at a server's end, in a part of the time: the process's own end may come after it.

        What could not be sent is on disk, where a signal ends the process at once.
        """
        return self._runtime.flush(self._runtime.settings.shutdown_timeout * LEAVE_SHARE)

    def _provide(self) -> None:
        pages.provide(lambda: Access.of(self._runtime.settings.values), self._pages)
        gauging.done[:] = self._after_readings
        gauging.told[:] = self._with_readings
        leases.makers.update(database=database_lease, redis=redis.redis_lease)

    def _pages(self) -> pages.Pages:
        from labotel.export.page import Page  # prometheus_client: only where a page is asked for

        page = Page(self._runtime)
        self._runtime.forked.append(page.forget)
        return page

    def _when(self, module: str, observer: Any) -> None:
        def act(imported: Any) -> None:
            self._awaited.remove((module, observer))
            if self._try(observer, (imported,)):
                self._connected.append((observer, (imported,)))

        self._awaited.append((module, observer))
        self._take_back.append(when_imported(module, act))

    def _try(self, observer: Any, given: tuple[Any, ...]) -> bool:
        try:
            observer.connect(*given)
        except Exception as error:  # an integration that fails costs its signals alone
            self._runtime.pipeline.tally.fault(f"connect_{type(observer).__name__}", error)
            return False
        return True

    def _pseudonym(self, person: Any) -> str | None:
        return self._runtime.pipeline.pseudonyms().of(person)

    def _guard_baggage(self) -> None:
        """Guard it whatever was chosen: this is no integration, but what may leave."""

        def hosts() -> tuple[str, ...]:
            known: tuple[str, ...] = self._runtime.settings.values["baggage_hosts"]
            return known

        self._when("opentelemetry.propagate", BaggageGuard(hosts))
        self._when("requests.sessions", redirects(hosts))

    def _logging(self) -> None:
        runtime = self._runtime
        observer = LogObserver(runtime.pipeline, runtime.settings.log_level, runtime.is_own_thread)
        observer.connect()
        self._connected.append((observer, ()))

    def _threading(self) -> None:
        self._when("threading", threads.threads())
        self._when("concurrent.futures.thread", threads.thread_pools())
        self._when("concurrent.futures.process", threads.process_pools())

    def _logs(self) -> LogObserver | None:
        return next((o for o, _ in self._connected if isinstance(o, LogObserver)), None)

    def _django(self) -> None:
        runtime = self._runtime
        observer = RequestObserver(
            runtime.pipeline.tracer, runtime.pipeline.tally.fault, self._pseudonym
        )
        runtime.forked.append(observer.forget)
        self._when("django.core.handlers.base", observer)
        self._django_data()

    def _opentelemetry_django(self) -> None:
        observer = PackagedRequests(self._runtime.pipeline.tally.fault, self._pseudonym)
        self._runtime.forked.append(observer.forget)
        self._when("django.core.handlers.base", observer)
        self._django_data()

    def _django_data(self) -> None:
        """Observe databases and caches, however requests are."""
        runtime = self._runtime
        fault = runtime.pipeline.tally.fault
        queries = QueryObserver(
            runtime.pipeline.tracer,
            runtime.is_own_thread,
            fault,
            # Asked each time: Django's LABOTEL may come after the first connection.
            slow_after=lambda: runtime.settings.values["slow_query"],
        )
        runtime.forked.append(queries.forget)
        self._when("django.db", queries)
        self._when("django.db.models.sql.compiler", WriteObserver(runtime.is_own_thread, fault))
        self._when("django.core.cache", CacheObserver(runtime.is_own_thread, fault))
        self._after_readings.append(queries.give_back)

    def _celery(self) -> None:
        def lower() -> None:
            logs = self._logs()
            if logs is not None:
                logs.lower()

        runtime = self._runtime
        fault = runtime.pipeline.tally.fault
        start: Callable[[], None] = runtime.start
        observer = TaskObserver(lower, start, runtime.end_child)
        # The first is imported when a task is published or consumed, the second when one is run:
        # until then a process that merely has Celery need not import its instrumentation.
        self._when("celery.app.amqp", observer)
        self._when("celery.app.trace", observer)
        self._when("celery.app.amqp", WorkerObserver(fault))
        self._when("celery.beat", BeatObserver(fault))
        self._when("celery.app.base", PublishObserver())
        self._when("celery.app.base", QueueObserver(fault))

    def _host(self) -> None:
        runtime = self._runtime
        observer = HostObserver(runtime.pipeline.tally.fault)
        runtime.forked.append(observer.forget)
        if self._try(observer, ()):
            self._connected.append((observer, ()))
            self._with_readings.append(observer.tell_traffic)
