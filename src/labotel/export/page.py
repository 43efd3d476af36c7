"""The /metrics page: the sum of all slot files of the service on this host, in any process.

Files alone are summed, this process's own written first: an own live value beside the others'
files would make the page go back when another worker answers, which Prometheus reads as a reset.
"""

import hmac
from collections.abc import Iterable, Iterator
from typing import Any, Final, Literal

from opentelemetry import metrics
from opentelemetry.exporter.prometheus import PrometheusMetricReader
from prometheus_client import CollectorRegistry
from prometheus_client import Metric as Family
from prometheus_client.exposition import choose_encoder
from prometheus_client.samples import Exemplar

from labotel.export import slots, snapshot
from labotel.export.runtime import Runtime
from labotel.signals.cells import HistogramCell, Meter, Metric, NumberCell
from labotel.signals.selfmetrics import SELF

READY_WAIT: Final = 1.0
_TYPES: Final = {"counter": "counter", "updowncounter": "gauge", "gauge": "gauge",
                 "histogram": "histogram"}  # fmt: skip


class Page:
    """Renders the page of one process's service."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime
        self._others: CollectorRegistry | None = None

    def forget(self) -> None:
        """Drop the reader of the parent process."""
        self._others = None

    def allows(self, token: str | None, debug: bool) -> bool:
        """Tell whether a request may see the page: a token is compared in constant time."""
        settings = self._runtime.settings
        access: Literal["debug", "token", "open"] = settings.metrics_access
        if settings.metrics_token and access == "debug":
            access = "token"
        if access == "open":
            return True
        if access == "token":
            known = settings.metrics_token or ""
            given = (token or "").encode("utf-8", "replace")
            return bool(known) and hmac.compare_digest(known.encode(), given)
        return debug

    def render(self, accept: str) -> tuple[str, bytes]:
        """Return the content type and the page, as Prometheus or OpenMetrics text as asked for."""
        encode, content_type = choose_encoder(accept)
        registry = CollectorRegistry(auto_describe=False)
        registry.register(self)
        return content_type, encode(registry)

    def collect(self) -> Iterator[Family]:
        """Give the metric families (prometheus_client's protocol of a collector)."""
        meter = self.total()
        names = set()
        for metric in sorted(meter, key=lambda m: m.name):
            names.add(metric.name.removesuffix("_total"))
            yield _family(metric)
        for family in self._application():
            if family.name not in names:
                yield family

    def total(self) -> Meter:
        """Return the sum over all slots; gauges and up-down counters of live processes alone."""
        runtime = self._runtime
        runtime.start()
        runtime.ready(READY_WAIT)
        runtime.pipeline.drain()
        runtime.keeper.save()
        folder = runtime.keeper.folder
        if folder is None:
            return runtime.pipeline.meter
        try:
            with slots.idle(folder) as free:
                texts = {n: slots.file_of(folder, n).read_bytes() for n in slots.numbers(folder)}
        except OSError as error:
            runtime.pipeline.tally.fault("page", error)
            return runtime.pipeline.meter
        whole = Meter()
        for number, text in texts.items():
            try:
                part = snapshot.load(text)
            except ValueError:  # its holder sets it aside
                continue
            _merge(whole, part, live=number not in free)
        return whole

    def _application(self) -> Iterable[Family]:
        """Give what the application's own instruments hold in this process."""
        provider: Any = metrics.get_meter_provider()
        if not getattr(provider, "in_use", True):
            return []
        if self._others is None:
            self._others = CollectorRegistry(auto_describe=False)
            if hasattr(provider, "add_metric_reader"):
                reader = PrometheusMetricReader(
                    disable_target_info=True, scope_info_enabled=False, registry=self._others
                )
                provider.add_metric_reader(reader)
        try:
            return list(self._others.collect())
        except Exception as error:  # an exponential histogram ends the package's whole collection
            self._runtime.pipeline.tally.fault("page_application", error)
            return []


def _merge(whole: Meter, part: Meter, live: bool) -> None:
    for metric in part:
        if metric.kind in ("gauge", "updowncounter") and not live:
            continue
        known = whole.get(metric.name, _empty(metric))
        own = SELF.get(metric.name)
        for labels, cell in metric.cells.items():
            if own is not None and own.across == "max" and labels in known.cells:
                known.cells[labels].value = max(known.cells[labels].value, cell.value)
            else:
                snapshot.add(known, labels, cell)


def _empty(metric: Metric) -> Metric:
    return Metric(
        metric.name, metric.kind, metric.labels, metric.unit, metric.description, metric.bounds
    )


def _family(metric: Metric) -> Family:
    kind = _TYPES[metric.kind]
    name = metric.name.removesuffix("_total") if kind == "counter" else metric.name
    family = Family(name, metric.description or metric.name, kind)
    for values, cell in sorted(metric.cells.items()):
        labels = dict(zip(metric.labels, values, strict=True))
        if isinstance(cell, HistogramCell):
            _histogram(family, name, metric, labels, cell)
        else:
            _number(family, metric, labels, cell)
    return family


def _number(family: Family, metric: Metric, labels: dict[str, str], cell: NumberCell) -> None:
    kept = _exemplar(cell.exemplar) if cell.exemplar and metric.kind == "counter" else None
    family.add_sample(metric.name, labels, float(cell.value), None, kept)


def _histogram(
    family: Family, name: str, metric: Metric, labels: dict[str, str], cell: HistogramCell
) -> None:
    running = 0
    for i, bound in enumerate((*metric.bounds, None)):
        running += cell.counts[i]
        le = "+Inf" if bound is None else repr(float(bound))
        kept = cell.exemplars.get(i)
        shown = _exemplar(kept) if kept else None
        family.add_sample(f"{name}_bucket", {**labels, "le": le}, running, None, shown)
    family.add_sample(f"{name}_count", labels, cell.count)
    family.add_sample(f"{name}_sum", labels, cell.sum)


def _exemplar(kept: tuple[Any, int, Any]) -> Exemplar:
    value, time, context = kept
    ids = {"trace_id": f"{context.trace_id:032x}", "span_id": f"{context.span_id:016x}"}
    return Exemplar(ids, float(value), time / 1e9)
