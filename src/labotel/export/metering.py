"""The meter provider that labotel sets, for the instruments that an application makes itself.

Declared instruments do not pass through it. It builds the SDK's own in each process that uses
one, so that a forked child does not report its parent's values.
"""

import threading
import weakref
from collections.abc import Callable
from typing import Any, Final, NamedTuple

from opentelemetry import metrics
from opentelemetry.sdk.metrics import (
    Counter,
    Histogram,
    MeterProvider,
    ObservableCounter,
)  # fmt: skip
from opentelemetry.sdk.metrics.export import AggregationTemporality, MetricReader, MetricsData
from opentelemetry.sdk.resources import Resource

from labotel.export.meters import DelegatingMeter, Instrument
from labotel.signals.spans import Fault

_CUMULATIVE, _DELTA = AggregationTemporality.CUMULATIVE, AggregationTemporality.DELTA
# As OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE is specified.
TEMPORALITIES: Final[dict[str, dict[type, AggregationTemporality]]] = {
    "cumulative": {},
    "delta": {Counter: _DELTA, Histogram: _DELTA, ObservableCounter: _DELTA},
    "lowmemory": {Counter: _DELTA, Histogram: _DELTA},
}


class Collector(MetricReader):
    """Hands over what the SDK collected, when labotel's exporter asks."""

    def __init__(self, temporality: str) -> None:
        super().__init__(preferred_temporality=TEMPORALITIES[temporality])
        self._data: MetricsData | None = None
        self._taking = threading.Lock()

    def _receive_metrics(
        self, metrics_data: MetricsData, timeout_millis: float = 10_000, **kwargs: Any
    ) -> None:
        self._data = metrics_data

    def take(self) -> MetricsData | None:
        """Collect, and return what there is."""
        with self._taking:  # a scrape and an export may ask at once
            self.collect()
            data, self._data = self._data, None
        return data

    def shutdown(self, timeout_millis: float = 30_000, **kwargs: Any) -> None:
        """Do nothing: labotel's own shutdown has one deadline for all signals."""


class _Aside(NamedTuple):
    """What stands aside while another provider is behind the delegating one."""

    provider: MeterProvider | None
    instruments: "dict[Instrument, Any]"


class DelegatingMeterProvider(metrics.MeterProvider):
    """Forwards to the present process's SDK provider, built when an instrument is first used."""

    def __init__(
        self, attributes: dict[str, Any], temporality: str, used: Callable[[], None], fault: Fault
    ) -> None:
        self.fault = fault
        """Counts what an instrument was given and could not take."""
        self._attributes = attributes
        self._temporality = temporality
        self._used = used
        self._added: list[MetricReader] = []
        self._meters: weakref.WeakSet[DelegatingMeter] = weakref.WeakSet()
        self._now: MeterProvider | None = None
        self._aside: _Aside | None = None
        self.collector: Collector | None = None
        self.observing: list[Instrument] = []
        """Kept, as the SDK keeps them: an application drops what it never calls."""
        self._building = threading.RLock()

    @property
    def built(self) -> bool:
        """Tell whether this process has a provider already."""
        return self._now is not None

    def real(self) -> MeterProvider:
        """Return the present process's provider, built where it is missing."""
        if self._now is None:
            with self._building:  # of two, one would not be collected: what it counts is lost
                if self._now is None:
                    self._build()
            self._used()
        assert self._now is not None
        return self._now

    def _build(self) -> None:
        self.collector = Collector(self._temporality)
        self._now = MeterProvider(
            [self.collector], resource=Resource(self._attributes), shutdown_on_exit=False
        )
        for reader in self._added:
            self._now.add_metric_reader(reader)  # one that is its parent's is refused with a line
        for instrument in list(self.observing):  # its callbacks wait for nobody's call
            instrument.real()

    @property
    def in_use(self) -> bool:
        """Tell whether the application made instruments of its own in this process."""
        own = self._now if self._aside is None else self._aside.provider
        return own is not None or bool(self.observing)

    @property
    def cumulative(self) -> bool:
        """Tell whether what is taken is there again for the next who takes."""
        return self._aside is None and not TEMPORALITIES[self._temporality]

    def take(self) -> MetricsData | None:
        """Return what the application's own instruments hold; None where it has none."""
        if not self.in_use:
            return None
        self.real()
        return self.collector.take() if self.collector is not None else None

    def rebind(
        self, attributes: dict[str, Any], temporality: str, used: Callable[[], None], fault: Fault
    ) -> None:
        """Serve a new configuration: a global provider can be set once, `configure` more often."""
        self.fault = fault
        self._attributes, self._temporality, self._used = attributes, temporality, used
        self._aside = None
        self.forget()

    def forget(self) -> None:
        """Drop the provider of the parent process."""
        self.collector = None
        if self._aside is None:
            self._now = None
        else:  # lent: what stands aside is the parent's
            self._aside = _Aside(None, {})
        self._building = threading.RLock()
        self._forget_instruments()

    def _forget_instruments(self) -> None:
        for meter in list(self._meters):
            meter.forget()

    def lend(self, provider: Any) -> None:
        """Let another provider stand behind this one until `take_back`: a test's."""
        if self._aside is None:
            made = (one for meter in list(self._meters) for one in meter.made())
            self._aside = _Aside(self._now, {one: one.now for one in made})
        self._now = provider
        self._forget_instruments()

    def take_back(self) -> None:
        """Have the provider again that stood here before `lend`, its instruments as they were."""
        if self._aside is None:
            return
        aside, self._aside = self._aside, None
        self._now = aside.provider
        for meter in list(self._meters):
            for one in meter.made():
                one.now = aside.instruments.get(one)
        if self._now is not None:
            for instrument in list(self.observing):  # those that were made meanwhile
                instrument.real()

    def get_meter(
        self,
        name: str,
        version: str | None = None,
        schema_url: str | None = None,
        attributes: Any = None,
    ) -> metrics.Meter:
        """Return a meter; no provider is built for it yet."""
        meter = DelegatingMeter(self, name, version, schema_url, attributes)
        self._meters.add(meter)
        return meter

    def add_metric_reader(self, metric_reader: MetricReader) -> None:
        """Add a reader of the application's own (of its own instruments)."""
        self._added.append(metric_reader)
        if self._now is not None:
            self._now.add_metric_reader(metric_reader)

    def force_flush(self, timeout_millis: float = 10_000) -> bool:
        """Flush the application's own readers; `labotel.flush` flushes labotel."""
        return self._now is None or self._now.force_flush(timeout_millis)

    def shutdown(self, timeout_millis: float = 30_000, **kwargs: Any) -> None:
        """Shut the application's own readers down; `labotel.shutdown` ends labotel."""
        if self._now is not None:
            self._now.shutdown(timeout_millis)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.real(), name)
