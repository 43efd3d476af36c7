"""Runs checks side by side, each on a thread of its own, and waits for none past the deadline."""

import os
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

from opentelemetry.context import attach, set_value

from labotel.events.errors import nearest
from labotel.pages.health import STATUSES, Check, Finding, Maker, Settings, Status, failed, found
from labotel.pages.own import own
from labotel.signals.carried import NOTHING
from labotel.signals.ownthread import asking, own_thread

FRESH: Final = 1.0
"""How long, in s, a report is good enough for a stranger: many of them make no work."""
HTTP: Final[dict[Status, int]] = {"healthy": 200, "warning": 200, "unhealthy": 503}

Report = dict[str, Any]


class _Run:
    """One check under way."""

    def __init__(self, check: Check) -> None:
        self.check = check
        self.finding: Finding | None = None
        self.begun = time.monotonic()
        self.took = 0.0
        self.done = threading.Event()
        with NOTHING.in_force():
            own_thread(f"labotel-check-{check.name}", self._run).start()

    def _run(self) -> None:
        here = threading.get_ident()
        asking.add(here)
        attach(set_value("suppress_instrumentation", True))  # what it asks is nobody's work
        try:
            self.finding = self.check.run()
        except BaseException as error:  # a check's SystemExit ends its thread alone
            self.finding = failed(error)
        finally:
            self.took = time.monotonic() - self.begun
            asking.discard(here)  # the application's next thread may get the same number
            self.done.set()


class Health:
    """The health of a process: the checks that there are, run when they are asked for."""

    def __init__(self, settings: Settings, makers: Iterable[Maker]) -> None:
        self._settings = settings
        self._makers = list(makers)
        self._forget()

    def _forget(self) -> None:
        self._pid = os.getpid()
        self._running: dict[str, _Run] = {}
        self._guard = threading.Lock()
        self._last: tuple[float, Report] | None = None

    def report(self) -> Report:
        """Run the checks and return what they found within the setting `health_timeout`."""
        if self._pid != os.getpid():  # a forked child has none of its parent's threads
            self._forget()
        settings = self._settings()
        until = time.monotonic() + settings["health_timeout"]
        checks, faults = self._chosen(settings)
        begun = [(check, self._started(check)) for check in checks]
        told = {
            check.name: self._told(check, run, until, settings["health_timeout"])
            for check, run in begun
        } | faults
        worst = max((STATUSES.index(one["status"]) for one in told.values()), default=0)
        report = {"status": STATUSES[worst], "checks": dict(sorted(told.items()))}
        self._last = (time.monotonic(), report)
        return report

    def recent(self) -> Report:
        """Return a report that is a second old at most."""
        last = self._last
        if last is not None and self._pid == os.getpid() and time.monotonic() - last[0] < FRESH:
            return last[1]
        return self.report()

    def _chosen(self, settings: Mapping[str, Any]) -> tuple[list[Check], dict[str, Any]]:
        """Return the checks that were chosen, and what is wrong with those that are none."""
        there: list[Check] = []
        faults: dict[str, Any] = {}
        for maker in self._makers:
            try:
                there += maker(settings)
            except (
                Exception
            ) as error:  # what cannot say its checks is no better than one that fails
                name = getattr(maker, "__module__", "checks").rpartition(".")[2]
                faults[name] = _answer(failed(error), 0.0)
        there += [_own(name, *one) for name, one in own.items()]
        wanted = settings["health_checks"]
        if wanted is None:
            return there, faults
        names = dict.fromkeys(check.name.partition(":")[0] for check in there)
        for name in wanted:
            if name not in names:
                known = ", ".join(names) or "none"
                text = f"there is no check {name!r}{nearest(name, names)}; there are: {known}"
                faults[str(name)] = _answer(Finding("warning", text), 0.0)
        return [check for check in there if check.name.partition(":")[0] in wanted], faults

    def _started(self, check: Check) -> _Run | Finding:
        """Start a check; one that still hangs since another time is not started again."""
        with self._guard:
            running = self._running.get(check.name)
            if running is None or running.done.is_set():
                try:
                    running = self._running[check.name] = _Run(check)
                except RuntimeError as error:  # no more threads
                    return failed(error)
            return running

    def _told(
        self, check: Check, run: _Run | Finding, until: float, timeout: float
    ) -> dict[str, Any]:
        if isinstance(run, Finding):
            return _answer(_bounded(run, check.vital), 0.0)
        if run.done.wait(max(0.0, until - time.monotonic())) and run.finding is not None:
            return _answer(_bounded(run.finding, check.vital), run.took)
        waited = time.monotonic() - run.begun
        late = Finding("unhealthy", f"timeout: no answer within {timeout:g} s")
        return _answer(_bounded(late, check.vital), waited) | {"timeout": True}


def _own(name: str, function: Callable[[], Any], vital: bool) -> Check:
    return Check(name, lambda: found(function()), vital)


def _bounded(finding: Finding, vital: bool) -> Finding:
    if finding.status == "unhealthy" and not vital:
        return Finding("warning", finding.detail)
    return finding


def _answer(finding: Finding, took: float) -> dict[str, Any]:
    return {"status": finding.status, "detail": finding.detail, "ms": round(took * 1000, 1)}
