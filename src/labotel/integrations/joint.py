"""The integrations in force: connected, disconnected, and connected again."""

from collections.abc import Callable, Sequence
from importlib import import_module
from typing import TYPE_CHECKING, Any

from labotel.export import gauging, leases
from labotel.export.runtime import LEAVE_SHARE, Runtime
from labotel.instrumentation import pages, redis, repeats
from labotel.instrumentation.access import Access
from labotel.instrumentation.baggage import BaggageGuard, redirects
from labotel.instrumentation.django.lease import database_lease
from labotel.instrumentation.imports import when_imported
from labotel.instrumentation.logs import LogObserver
from labotel.instrumentation.uvicorn import server_ends
from labotel.integrations.states import States

if TYPE_CHECKING:  # start-up needs it where Django is
    from labotel.instrumentation.django.commands import CommandObserver


class Joint:
    """Where an integration's observers are joined to a runtime."""

    def __init__(self, runtime: Runtime) -> None:
        self.runtime = runtime
        self.logs: LogObserver | None = None
        """Who observes log lines, where anybody does."""
        self.commands: CommandObserver | None = None
        """Who observes Django's commands, where anybody does."""
        self.after_readings: list[Callable[[], None]] = []
        """Called on the gauges' thread when all were read."""
        self.with_readings: list[Callable[[], None]] = []
        """Called with them: they tell what only the process that reads may tell."""
        self.with_own_readings: list[Callable[[], None]] = []
        """Called in each process with the readings of its own gauges."""
        self.states = States()
        self._connected: list[tuple[Any, tuple[Any, ...]]] = []
        self._awaited: list[tuple[str, Any]] = []
        self._take_back: list[Callable[[], None]] = []

    def connect(self, names: Sequence[str] | None) -> None:
        """Connect what was chosen, or all that is installed."""
        # Logging first: other libraries' lines may go through it.
        for one in sorted(self.states.choose(names), key=lambda one: one.module != "logs"):
            self.states.join(one)
            # Only what is used is imported: each module costs every start its time.
            import_module(f"labotel.integrations.{one.module}").join(self)
        self.states.joining = ""
        self.when("uvicorn.server", server_ends(self._flush))
        self._guard_baggage()
        self._provide()

    def check(self) -> None:
        """Let the page of health answer where nothing is observed."""
        pages.provide(None, None, self._health)

    def disconnect(self) -> None:
        """Disconnect all, in reverse order."""
        pages.provide(None, None, None)
        repeats.provide(None)
        gauging.done.clear()
        gauging.told.clear()
        gauging.told_here.clear()
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
            self.when(module, observer)
        self._provide()

    def now(self, observer: Any) -> bool:
        """Connect an observer; tell whether it is."""
        self.states.own(observer)
        connected = self._try(observer, ())
        if connected:
            self._connected.append((observer, ()))
        return connected

    def when(self, module: str, observer: Any) -> None:
        """Connect an observer with a module, when the application imports that."""

        def act(imported: Any) -> None:
            self._awaited.remove((module, observer))
            if self._try(observer, (imported,)):
                self._connected.append((observer, (imported,)))

        self.states.own(observer)
        self._awaited.append((module, observer))
        self._take_back.append(when_imported(module, act))

    def fault(self, where: str, error: BaseException) -> None:
        """Count a fault of labotel's own."""
        self.runtime.pipeline.tally.fault(where, error)

    def pseudonym(self, person: Any) -> str | None:
        """Return a person's pseudonym."""
        return self.runtime.pipeline.pseudonyms().of(person)

    def _try(self, observer: Any, given: tuple[Any, ...]) -> bool:
        try:
            observer.connect(*given)
            self.states.tried(observer, None)
        except Exception as error:  # an integration that fails costs its signals alone
            self.states.tried(observer, error)
            self.fault(f"connect_{type(observer).__name__}", error)
            return False
        return True

    def _flush(self) -> bool:
        """Flush at a server's end, in a part of the time: the process's own end may come after it.

        What could not be sent is on disk, where a signal ends the process at once.
        """
        return self.runtime.flush(self.runtime.settings.shutdown_timeout * LEAVE_SHARE)

    def _provide(self) -> None:
        repeats.provide(lambda: self.runtime.settings.values["repeated_queries"])
        pages.provide(lambda: Access.of(self.runtime.settings.values), self._pages, self._health)
        gauging.done[:] = self.after_readings
        gauging.told[:] = self.with_readings
        gauging.told_here[:] = self.with_own_readings
        leases.makers.update(database=database_lease, redis=redis.redis_lease)

    def _pages(self) -> pages.Pages:
        from labotel.export.page import Page  # prometheus_client: only where a page is asked for

        page = Page(self.runtime, self.states.told)
        self.runtime.forked.append(page.forget)
        return page

    def _health(self) -> Any:
        from labotel.export.queued import queued
        from labotel.instrumentation import health  # only where a page is asked for

        return health.of(lambda: self.runtime.settings.values, queued(self.runtime))

    def _guard_baggage(self) -> None:
        """Guard it whatever was chosen: this is no integration, but what may leave."""

        def hosts() -> tuple[str, ...]:
            known: tuple[str, ...] = self.runtime.settings.values["baggage_hosts"]
            return known

        self.when("opentelemetry.propagate", BaggageGuard(hosts))
        self.when("requests.sessions", redirects(hosts))
