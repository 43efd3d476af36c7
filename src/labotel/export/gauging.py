"""Reads the gauges of the catalogues: on labotel's thread, never in a request."""

import os
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

from labotel.events.catalog import Catalog
from labotel.events.fields import Field
from labotel.events.gauges import suppliers
from labotel.events.instruments import Gauge
from labotel.events.judge import number
from labotel.export.suppress import suppress_instrumentation
from labotel.signals.cells import Metric
from labotel.signals.pipeline import Pipeline

PATIENCE: Final = 1.0
"""How long, in s, an export or a fork waits for the gauges; what comes later goes out with the
next export."""

done: list[Callable[[], None]] = []
"""Called after each reading: an integration gives back what the suppliers took (connections)."""


class _Waited(threading.local):
    held = False


class _Forks:
    """Lets a fork wait for the reading under way, but never longer than `PATIENCE` from its start.

    A supplier may import a module or hold a driver's lock; a child that is forked meanwhile would
    inherit that lock, and nobody would ever free it there.
    """

    def __init__(self) -> None:
        self._waited = _Waited()
        self.forget()

    def forget(self) -> None:
        """Begin anew, in the child: the thread that reads is its parent's."""
        self._reading = threading.Lock()
        self._reader: int | None = None
        self._began = 0.0

    def __enter__(self) -> None:
        self._reading.acquire()
        self._reader, self._began = threading.get_ident(), time.monotonic()

    def __exit__(self, *failure: object) -> None:
        self._reader = None
        self._reading.release()

    def before(self) -> None:
        """Wait, in the thread that forks (unless a supplier does it itself)."""
        if self._reader != threading.get_ident():
            left = self._began + PATIENCE - time.monotonic()
            self._waited.held = self._reading.acquire(timeout=max(0.0, left))

    def after(self) -> None:
        """Let readings begin again, in the parent."""
        if self._waited.held:
            self._waited.held = False
            self._reading.release()


_forks = _Forks()
os.register_at_fork(
    before=_forks.before, after_in_parent=_forks.after, after_in_child=_forks.forget
)


class Gauges:
    """The declared gauges of the catalogues in force."""

    def __init__(self, catalogs: Iterable[Catalog], pipeline: Pipeline) -> None:
        self._fields: Mapping[str, tuple[Field, ...]] = {
            name: fields for catalog in catalogs for name, fields in catalog.gauge_fields.items()
        }
        self._declared: dict[str, Gauge] = {
            gauge.name: gauge for catalog in catalogs for gauge in catalog.gauges
        }
        self._pipeline = pipeline
        self._reading: threading.Thread | None = None
        self.thread: int | None = None
        """The thread that reads, whose queries are not observed."""

    def read(self, service: bool) -> None:
        """Read each gauge of a process, and with `service` those of the service and the host too.

        On a thread of its own: a supplier that hangs keeps its last reading and holds nothing up.
        """
        if not any(name in suppliers for name in self._declared):
            return
        if self._reading is not None and self._reading.is_alive():
            self._pipeline.tally.count("labotel_faults_total", "gauge_late")
            self._pipeline.tally.warn("gauge late", "labotel: the gauges are still being read")
            return
        self._reading = threading.Thread(
            target=self._read, args=(service,), name="labotel-gauges", daemon=True
        )
        self._reading.start()
        self._reading.join(PATIENCE)

    def _read(self, service: bool) -> None:
        self.thread = threading.get_ident()
        suppress_instrumentation()
        try:
            with _forks:
                for name, gauge in self._declared.items():
                    self._ask(name, gauge, service)
                for give_back in done:
                    give_back()
        except Exception as error:
            self._pipeline.tally.fault("gauges", error)
        finally:
            self.thread = None  # the application's next thread may get the same number

    def _ask(self, name: str, gauge: Gauge, service: bool) -> None:
        """Read one gauge; what nobody supplies, or failed, has no value: not an old one."""
        supplied = suppliers.get(name)
        if supplied is not None and (service or gauge.scope == "process"):
            try:
                self._take(gauge, supplied[1]())
            except Exception as error:
                self._pipeline.tally.fault(f"gauge_{name}", error)
            else:
                return
        with self._pipeline.lock:
            self._pipeline.meter.metrics.pop(name, None)

    def _take(self, gauge: Gauge, reading: Any) -> None:
        """Replace the gauge's series: a label set that vanished is gone from now on."""
        fields = self._fields[gauge.name]
        metric = Metric(
            gauge.name, "gauge", tuple(gauge.by), gauge.unit, gauge.description,
            fields=fields, note=self._pipeline._note,
        )  # fmt: skip
        rows = [(reading,)] if not fields and not isinstance(reading, Iterable) else list(reading)
        now = time.time_ns()
        for row in rows:
            *labels, value = row if isinstance(row, (tuple, list)) else (row,)
            amount = number(value)
            if amount is None or len(labels) != len(fields):
                raise ValueError(
                    f"{gauge.name}: a row must be {len(fields)} label values and a number"
                )
            metric.resolve(tuple(labels) if len(fields) != 1 else labels[0], now).value = amount
        with self._pipeline.lock:
            self._pipeline.meter.metrics[gauge.name] = metric
