"""The assembly of an application under test: judged and connected as ever, but nothing leaves."""

import logging
from collections.abc import Sequence
from typing import Any, ClassVar, Final

from opentelemetry.sdk.trace import TracerProvider

from labotel.assembly import Assembly
from labotel.events import dispatch
from labotel.events.catalog import Catalog
from labotel.export.keys import chosen
from labotel.export.metering import DelegatingMeterProvider
from labotel.export.runtime import Runtime
from labotel.export.settings import Settings
from labotel.policy.pseudonyms import Pseudonyms
from labotel.signals.pipeline import Pipeline
from labotel.testing import spans
from labotel.testing.recorder import Unheard
from labotel.testing.still import Still

KEY: Final = b"labotel.testing"
"""The pseudonyms' key where the application has none: the same in each run."""


class InMemory(Assembly):
    """One configuration of labotel in tests; it may be connected again after `disconnect`.

    Settings and catalogues are judged strictly, unless the application says `strict=False`.
    Providers that it hands to `configure` are set aside: they may export.
    """

    pipeline_class: ClassVar[type[Pipeline]] = Unheard
    runtime_class: ClassVar[type[Runtime]] = Still

    def __init__(self, keywords: dict[str, Any], catalogs: Sequence[Catalog]) -> None:
        super().__init__(keywords, catalogs, (None, None, None))
        self._known = False

    def _is_strict(self, settings: Settings, django: dict[str, Any]) -> bool:
        return settings.strict is not False

    def _pseudonyms(self) -> Pseudonyms:
        return pseudonyms(self.settings)

    def connect(self) -> None:
        """Put this configuration in force, also where `OTEL_SDK_DISABLED` switches exports off."""
        if not self._known:
            self._known = True
            self._join()
        else:
            self.in_force = True
            self._set_providers()
            dispatch.connect(self.pipeline, self.strict)
            self._integrations.resume()
        self._hear_all()

    def _set_providers(self) -> None:
        """Lend the providers to the recordings for good: they have nothing of their own to keep."""
        super()._set_providers()
        for delegate in self._delegates:
            metering = isinstance(delegate, DelegatingMeterProvider)
            delegate.lend(spans.meters if metering else spans.tracers())
        self._delegates.clear()
        self.runtime.forked.clear()

    def _hear_all(self) -> None:
        """Observe lines of level INFO also where only pytest has put handlers on the root."""
        root, logs = logging.root, self._integrations.logs
        only_pytests = all(type(h).__module__.startswith("_pytest.") for h in root.handlers)
        if logs is not None and root.level == logging.WARNING and only_pytests:
            logs.lower()

    def disconnect(self) -> None:
        """Observe nothing, until it is connected again."""
        self.take_back()
        self.in_force = False
        dispatch.connect(None)
        self._integrations.disconnect()

    def lend(self, to: Pipeline, tracers: TracerProvider, meters: Any, strict: bool) -> None:
        """Hand everything that is observed to a recording; the /metrics page shows it."""
        super().lend(to, tracers, meters, strict)
        self.runtime.pipeline = to

    def take_back(self) -> None:
        """Observe again, as before `lend`."""
        self.runtime.pipeline = self.pipeline
        super().take_back()


def pseudonyms(settings: Settings) -> Pseudonyms:
    """Return pseudonyms by the application's key, else by one of the tests: no file is read."""
    return Pseudonyms(chosen(settings) or KEY)
