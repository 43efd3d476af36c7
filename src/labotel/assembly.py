"""What `configure` builds: the runtime, the providers and the integrations, joined."""

import atexit
import logging
import os
import sys
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, ClassVar

from opentelemetry import _logs, metrics, trace
from opentelemetry.sdk.trace import TracerProvider

from labotel.events import dispatch
from labotel.events.catalog import Catalog
from labotel.events.errors import ConfigurationError
from labotel.events.texts import quoted
from labotel.export import keys
from labotel.export.foreign import ForeignLogs, ForeignMetrics
from labotel.export.logrecords import DelegatingLoggerProvider
from labotel.export.metering import DelegatingMeterProvider
from labotel.export.others import scopes
from labotel.export.runtime import Runtime
from labotel.export.settings import Settings, resolve
from labotel.export.sigterm import Sigterm
from labotel.export.tracing import DelegatingTracerProvider
from labotel.instrumentation import access
from labotel.instrumentation.django import ready
from labotel.integrations import known
from labotel.integrations.joint import Joint
from labotel.output import outputs
from labotel.signals.pipeline import Pipeline
from labotel.signals.spans import PseudonymSource

logger = logging.getLogger("labotel")


class Assembly:
    """One configuration of labotel; `connect` puts it in force, `shutdown` ends it."""

    pipeline_class: ClassVar[type[Pipeline]] = Pipeline
    runtime_class: ClassVar[type[Runtime]] = Runtime

    def __init__(
        self, keywords: dict[str, Any], catalogs: Sequence[Catalog], given: tuple[Any, ...]
    ) -> None:
        self._keywords = keywords
        self._given = given
        django = ready.settings()
        settings, problems = resolve(keywords, os.environ, django.get("LABOTEL") or {})
        problems += known.problems(settings.instrument)
        problems += _catalog_problems(catalogs)
        if django or not os.environ.get("DJANGO_SETTINGS_MODULE"):  # else its LABOTEL is to come
            problems += access.problems(settings.values)
        self.strict = self._is_strict(settings, django)
        self._report(problems)
        self._reported = set(problems)
        given_list = catalogs if isinstance(catalogs, (list, tuple)) else ()
        good = [c for c in given_list if isinstance(c, Catalog)]
        self.pipeline = self.pipeline_class(PseudonymSource(self._pseudonyms))
        self.runtime = self.runtime_class(
            settings,
            [*known.catalogs(settings.instrument), *good],
            self.pipeline,
            background=known.background(settings.instrument),
        )
        self._integrations = Joint(self.runtime)
        self._sigterm = Sigterm(
            lambda: self.shutdown(None),
            lambda: self.runtime.flush(self.settings.shutdown_timeout),
            lambda: self.pipeline.unbroken,
            lambda: self.settings.shutdown_timeout,
        )
        self.runtime.turns.append(self._sigterm.remind)
        self._delegates: list[Any] = []
        self.in_force = False
        self._lent = False
        self._no_longer: Callable[[], None] = lambda: None
        """Waits for Django's settings no longer."""

    @property
    def settings(self) -> Settings:
        """The settings in force."""
        return self.runtime.settings

    def _pseudonyms(self) -> Any:
        return keys.pseudonyms(self.settings, self.runtime.keeper, self.pipeline.tally)

    def _is_strict(self, settings: Settings, django: dict[str, Any]) -> bool:
        if settings.strict is not None:
            return bool(settings.strict)
        return "pytest" in sys.modules or bool(django.get("DEBUG"))

    def _report(self, problems: list[str]) -> None:
        if problems and self.strict:
            raise ConfigurationError(problems)
        for problem in problems:
            logger.warning("labotel: %s; the default is used", problem)

    def connect(self) -> None:
        """Put this configuration in force."""
        if self.settings.disabled:
            self._integrations.check()
            return
        self._join()
        os.register_at_fork(after_in_child=self._after_fork, after_in_parent=self.runtime.note_fork)
        atexit.register(self._at_exit)
        self.runtime.finish = self._at_exit
        outputs.join(self.runtime)
        if self.settings.end_on_sigterm:
            self._sigterm.install()

    def _join(self) -> None:
        self.in_force = True
        self._set_providers()
        self.pipeline.tracer = trace.get_tracer("labotel")
        dispatch.connect(self.pipeline, self.strict)
        if not ready.is_ready():
            if os.environ.get("DJANGO_SETTINGS_MODULE") or ready.settings():
                self.runtime.hold.begin(ready.is_loading)
            self._no_longer = ready.when_ready(self._judge_django)
        self._integrations.connect(self.settings.instrument)

    def _set_providers(self) -> None:
        """Set delegating providers, or join those that the application set or gave."""
        tracers, meters, loggers = self._given
        self._set_tracers(tracers)
        self._set_meters(meters)
        self._set_loggers(loggers)
        self.runtime.forked += [delegate.forget for delegate in self._delegates]
        self.runtime.reconnect()

    def _set_tracers(self, given: Any) -> None:
        runtime = self.runtime
        present = given or trace.get_tracer_provider()
        fault = self.pipeline.tally.fault
        if isinstance(present, DelegatingTracerProvider):
            present.rebind(runtime.attributes, lambda: runtime.spans, fault)
        elif given is None and _is_api(present):
            present = DelegatingTracerProvider(runtime.attributes, lambda: runtime.spans, fault)
            trace.set_tracer_provider(present)
        else:
            if given is not None:
                trace.set_tracer_provider(given)
            return
        self._delegates.append(present)

    def _set_meters(self, given: Any) -> None:
        runtime = self.runtime
        present = given or metrics.get_meter_provider()
        fault = self.pipeline.tally.fault
        bound = (runtime.attributes, self.settings.temporality, runtime.start, fault)
        if isinstance(present, DelegatingMeterProvider):
            present.rebind(*bound)
        elif given is None and _is_api(present):
            present = DelegatingMeterProvider(*bound)
            metrics.set_meter_provider(present)
        else:
            if given is not None:
                metrics.set_meter_provider(given)
            self.pipeline.foreign = ForeignMetrics(metrics.get_meter_provider())
            return
        made = present
        self._delegates.append(made)
        dropped = partial(self.pipeline.tally.count, "labotel_dropped_total", "metrics", "encode")
        runtime.take_others = lambda: scopes(made.take(), dropped)

    def _set_loggers(self, given: Any) -> None:
        present = given or _logs.get_logger_provider()
        if isinstance(present, DelegatingLoggerProvider):
            present.take, present.lost = self.pipeline.line, self.pipeline.line_lost
        elif given is None and _is_api(present):
            _logs.set_logger_provider(
                DelegatingLoggerProvider(self.pipeline.line, self.pipeline.line_lost)
            )
        else:
            if given is not None:
                _logs.set_logger_provider(given)
            self.runtime.foreign_logs = ForeignLogs(_logs.get_logger_provider())

    def _judge_django(self) -> None:
        """Judge what depends on Django's settings, once they are complete."""
        if not self.in_force:
            return
        django = ready.settings()
        settings, problems = resolve(self._keywords, os.environ, django.get("LABOTEL") or {})
        problems += access.problems(settings.values)
        if settings.instrument != self.settings.instrument:
            problems.append(
                "LABOTEL['instrument'] comes when the integrations are connected already: give it "
                "to configure() or as LABOTEL_INSTRUMENT"
            )
        self.strict = self._is_strict(settings, django)
        self.runtime.adopt(settings)
        outputs.join(self.runtime)
        if not settings.end_on_sigterm:
            self._sigterm.take_back()
        if not self._lent:
            dispatch.connect(self.pipeline, self.strict)
        self._report([p for p in problems if self.strict or p not in self._reported])

    def _after_fork(self) -> None:
        if self.in_force:
            self._sigterm.after_fork()
            self.runtime.after_fork()

    def _at_exit(self) -> None:
        if self.in_force:
            self.shutdown(None)

    def lend(self, to: Pipeline, tracers: TracerProvider, meters: Any, strict: bool) -> None:
        """Hand everything that is observed to another pipeline (a test's) until `take_back`.

        Integrations and waiting signals stay as they are: what comes next goes elsewhere.
        """
        self._lent = True
        for delegate in self._delegates:
            delegate.lend(meters if isinstance(delegate, DelegatingMeterProvider) else tracers)
        self._pass_lines(to)
        dispatch.connect(to, strict)

    def take_back(self) -> None:
        """Observe again, as before `lend`."""
        if not self._lent:
            return
        self._lent = False
        for delegate in self._delegates:
            delegate.take_back()
        self._pass_lines(None)
        dispatch.connect(self.pipeline if self.in_force else None, self.strict)

    def _pass_lines(self, to: Pipeline | None) -> None:
        self.pipeline.pass_lines(None if to is None else to.line)
        loggers = _logs.get_logger_provider()
        if isinstance(loggers, DelegatingLoggerProvider):
            loggers.take = self.pipeline.line

    def shutdown(self, timeout: float | None) -> bool:
        """Stop observing, send everything and end: at once in a forked child, else in time."""
        self._sigterm.begin()
        try:
            self.in_force = False
            self._no_longer()
            atexit.unregister(self._at_exit)
            dispatch.connect(None)
            self._integrations.disconnect()
            return self.runtime.end() if timeout is None else self.runtime.shutdown(timeout)
        finally:
            self._sigterm.done()


def _is_api(provider: object) -> bool:
    """Tell whether a global provider is still the API's own, so that nobody has set one."""
    return type(provider).__module__.partition(".sdk")[0] in (
        "opentelemetry.trace", "opentelemetry.metrics._internal", "opentelemetry._logs._internal",
    )  # fmt: skip


def _catalog_problems(catalogs: Sequence[Catalog]) -> list[str]:
    if not isinstance(catalogs, (list, tuple)):
        return [f"catalogs={quoted(catalogs, 200)}: allowed: a list of Catalog"]
    return [
        f"catalogs holds {quoted(c, 200)}: allowed: Catalog(...), as in "
        "catalogs=[telemetry.catalog]"
        for c in catalogs
        if not isinstance(c, Catalog)
    ]
