"""The pages of a process's service: /metrics, the sum of all its slot files on this host; /status.

Files alone are summed, this process's own written first: an own live value beside the others'
files would make the page go back when another worker answers, which Prometheus reads as a reset.
Whatever is damaged, gone or asked for at once costs itself: a scrape always has an answer.
"""

import threading
from collections.abc import Callable, Iterable, Iterator
from typing import Any, Final, Literal

from opentelemetry import metrics
from opentelemetry.exporter.prometheus import PrometheusMetricReader
from prometheus_client import CollectorRegistry, exposition
from prometheus_client import Metric as Family
from prometheus_client.openmetrics import exposition as openmetrics

from labotel.catalogs.builtin import BUILT_IN
from labotel.events import clock
from labotel.export import slots, snapshot
from labotel.export.families import distinct, family_of, merged
from labotel.export.folder import RuntimeFolder
from labotel.export.metering import DelegatingMeterProvider
from labotel.export.runtime import Runtime
from labotel.export.status import status
from labotel.pages.increment import Increments
from labotel.pages.rate import Bucket
from labotel.pages.values import as_json, csv_text, json_text
from labotel.signals.cells import Meter, Metric
from labotel.signals.pipeline import LOCK_WAIT

READY_WAIT: Final = 1.0
OTHERS_WAIT: Final = 5.0
"""Seconds that a scrape waits for another that asks the application's own instruments."""

_NOT_SUMMED: Final = ("_timestamp_seconds", "_start_time_seconds", "_info")
"""What a gauge's name ends in, of whose values the greatest stands on the page: the sum of two
moments is none, and what is 1 by its labels is 1."""

Encode = Callable[[Any], bytes]


class Page:
    """Makes the pages of one process's service."""

    def __init__(
        self, runtime: Runtime, integrations: Callable[[], list[dict[str, str]]] = list
    ) -> None:
        self._runtime = runtime
        self._integrations = integrations
        self.bucket = Bucket()
        own = [catalog for catalog in runtime.catalogs if catalog not in BUILT_IN]
        self.increments = Increments(own, self._add)
        self.forget()

    def forget(self) -> None:
        """Drop the reader of the parent process, and the lock that a thread of its may hold."""
        self._others: CollectorRegistry | None = None
        # The reader's collections are not to be mixed: two at once would double each other.
        self._asking = threading.Lock()
        self.bucket.forget()

    def render(self, accept: str) -> tuple[str, bytes]:
        """Return the content type and the page, as Prometheus or OpenMetrics text as asked for."""
        encode, content_type = _form(accept)
        families = list(distinct(self._families(encode is openmetrics.generate_latest), self._tell))
        try:
            return content_type, encode(_Registry(families))
        except Exception as error:
            self._fault("page", error)
        good = [family for family in families if self._fits(encode, family)]
        return content_type, encode(_Registry(good))

    def status(self) -> dict[str, Any]:
        """Return labotel's own state, as JSON has it."""
        whole = self.total()
        return status(self._runtime, whole, self._integrations)

    def values(self) -> list[dict[str, Any]]:
        """Return each metric with its current series."""
        return as_json(self.total())

    def export(self, form: Literal["csv", "json"]) -> tuple[str, bytes]:
        """Return the content type and the current values in a form."""
        if form == "csv":
            return "text/csv; charset=utf-8", csv_text(self.total()).encode()
        service = str(self._runtime.attributes["service.name"])
        return "application/json", json_text(self.total(), service).encode()

    def setting(self, name: str) -> Any:
        """Return a setting in force."""
        return self._runtime.settings.values[name]

    def _add(self, kind: Any, values: tuple[Any, ...]) -> None:
        """Put an addition to a counter into the queue, as `emit` does with an event."""
        self._runtime.pipeline.queue.append((kind, values, clock.now(), None, None, None))
        self._runtime.start()

    def total(self) -> Meter:
        """Return the sum over all slots; gauges and up-down counters of live processes alone."""
        whole = Meter()
        for part, live in self._parts():
            _merge(whole, part, live)
        return whole

    def _parts(self) -> Iterator[tuple[Meter, bool]]:
        """Give each slot's totals and whether a process holds it, this process's in any case."""
        runtime = self._runtime
        try:
            runtime.start()
            runtime.ready(READY_WAIT)
            runtime.pipeline.drain()
            runtime.keeper.save()
        except Exception as error:  # what is in the files is still there
            self._fault("page", error)
        folder, slot = runtime.keeper.folder, runtime.keeper.slot
        found = False
        for number, text, live in self._files(folder) if folder is not None else ():
            try:
                part = snapshot.load(text)
            except ValueError as error:  # its holder writes it anew, or the next one sets it aside
                self._fault("page_slot", error)
                continue
            found = found or (slot is not None and number == slot.number)
            yield part, live
        if not found:
            yield self._own(), True

    def _files(self, folder: RuntimeFolder) -> list[tuple[int, bytes, bool]]:
        """Return the number and the text of each slot file, and whether a process holds it."""
        found = []
        try:
            with slots.idle(folder) as free:
                for number in slots.numbers(folder):
                    try:
                        text = slots.file_of(folder, number).read_bytes()
                    except FileNotFoundError:  # set aside a moment ago
                        continue
                    found.append((number, text, number not in free))
        except OSError as error:
            self._fault("page", error)
        return found

    def _own(self) -> Meter:
        """Return a copy of this process's totals, where no file has them."""
        pipeline = self._runtime.pipeline
        if not pipeline.lock.acquire(timeout=LOCK_WAIT):
            return Meter()
        try:
            return snapshot.load(snapshot.dump(pipeline.meter))
        finally:
            pipeline.lock.release()

    def _families(self, strict: bool) -> Iterator[Family]:
        for metric in sorted(self.total(), key=lambda m: m.name):
            try:
                yield family_of(metric, strict)
            except Exception as error:  # a file that is damaged and still reads well
                self._fault("page_metric", error)
        yield from merged(self._application())

    def _application(self) -> Iterable[Family]:
        """Return what the application's own instruments hold in this process."""
        provider: Any = metrics.get_meter_provider()
        asking = self._asking
        if not getattr(provider, "in_use", True) or not asking.acquire(timeout=OTHERS_WAIT):
            return []
        try:
            if self._others is None:
                self._others = self._registry(provider)
            return list(self._others.collect())
        except Exception as error:  # an exponential histogram ends the package's whole collection
            self._fault("page_application", error)
            return []
        finally:
            asking.release()

    def _registry(self, provider: Any) -> CollectorRegistry:
        """Return what asks the provider of the application's own instruments."""
        made = CollectorRegistry(auto_describe=False)
        reader = PrometheusMetricReader(
            disable_target_info=True, scope_info_enabled=False, registry=made
        )
        if isinstance(provider, DelegatingMeterProvider) and provider.cumulative:
            # A reader that is added now knows nothing of what was counted before.
            # The SDK's annotation forgets what the method itself allows: that there is nothing.
            reader._set_collect_callback(lambda *_, **__: provider.take())  # type: ignore[arg-type]
        elif hasattr(provider, "add_metric_reader"):
            provider.add_metric_reader(reader)
        return made

    def _fits(self, encode: Encode, family: Family) -> bool:
        try:
            encode(_Registry([family]))
        except Exception:
            self._tell(family.name)
            return False
        return True

    def _tell(self, name: str) -> None:
        self._runtime.pipeline.tally.warn(
            f"page {name}",
            f"labotel: {name} is not on the page: it cannot be written, or another metric's "
            "series have its name; give one of them another name",
        )

    def _fault(self, where: str, error: Exception) -> None:
        self._runtime.pipeline.tally.fault(where, error)


class _Registry:
    """Families, as prometheus_client's encoders ask for them."""

    def __init__(self, families: list[Family]) -> None:
        self._families = families

    def collect(self) -> list[Family]:
        return self._families


def _form(accept: str) -> tuple[Encode, str]:
    """Return how the page is written: as OpenMetrics for who names that first.

    In one version of each form, whatever else is asked for: nothing of a header is in the answer.
    """
    for form in accept.split(","):
        name = form.partition(";")[0].strip().lower()
        if name == "application/openmetrics-text":
            return openmetrics.generate_latest, openmetrics.CONTENT_TYPE_LATEST
        if name == "text/plain":
            break
    return exposition.generate_latest, exposition.CONTENT_TYPE_PLAIN_0_0_4


def _merge(whole: Meter, part: Meter, live: bool) -> None:
    for metric in part:
        momentary = metric.kind in ("gauge", "updowncounter")
        if momentary and not live:
            continue
        known = whole.get(metric.name, _empty(metric))
        newest = metric.kind == "gauge" and metric.name.endswith(_NOT_SUMMED)
        for labels, cell in metric.cells.items():
            if newest and labels in known.cells:
                known.cells[labels].value = max(known.cells[labels].value, cell.value)
            else:
                snapshot.add(known, labels, cell)


def _empty(metric: Metric) -> Metric:
    return Metric(
        metric.name, metric.kind, metric.labels, metric.unit, metric.description, metric.bounds
    )
