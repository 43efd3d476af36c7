"""Reads the gauges of the catalogues: on labotel's thread, never in a request."""

import os
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Final

from labotel.events.catalog import Catalog
from labotel.events.fields import Field
from labotel.events.gauges import suppliers
from labotel.events.instruments import Gauge, Scope
from labotel.export.suppress import suppress_instrumentation
from labotel.signals.pipeline import Pipeline
from labotel.signals.readings import series

PATIENCE: Final = 1.0
"""How long, in s, an export waits for the gauges; what comes later goes out with the next one.

So long a fork waits for a supplier that has not answered yet: at first it may import."""
FORK_PATIENCE: Final = 0.2
"""How long, in s, a fork waits for a supplier that has answered before. It imports nothing more,
and a lock that a child needs too (of logging, of a driver's module) is held much shorter; what
takes longer is a query or an answer, which no child waits for."""

done: list[Callable[[], None]] = []
"""Called after each reading: an integration gives back what the suppliers took (connections)."""

told: list[Callable[[], None]] = []
"""Called with each reading of the host's gauges: what is no gauge, but read at the same times by
the same process (traffic)."""

told_here: list[Callable[[], None]] = []
"""Called with each reading of a process's own gauges, in that process."""


class _Here(threading.local):
    """How deep in forks a thread is, and whether it holds the lock for the outermost."""

    depth = 0
    held = False


class _Forks:
    """Lets a fork wait for the supplier that is asked at that moment, but no longer than is said.

    A supplier may import a module or hold a driver's lock; a child that is forked meanwhile would
    inherit that lock, and nobody would ever free it there. A signal's handler may fork inside
    another fork's hooks, so only the outermost one of a thread takes the lock, and gives it back.
    """

    def __init__(self) -> None:
        self._asking = threading.Lock()
        self._asker: int | None = None
        self._until = 0.0
        self._here = _Here()

    @contextmanager
    def waiting(self, patience: float) -> Iterator[None]:
        """Let forks wait for the block, at most so many s from its begin."""
        with self._asking:
            self._asker, self._until = threading.get_ident(), time.monotonic() + patience
            try:
                yield
            finally:
                self._asker = None

    def before(self) -> None:
        """Wait, in the thread that forks (unless a supplier does it itself)."""
        here = self._here
        here.depth += 1
        if here.depth == 1 and self._asker != threading.get_ident():
            left = self._until - time.monotonic()
            here.held = self._asking.acquire(timeout=max(0.0, left))

    def after(self) -> None:
        """Let suppliers be asked again, in the parent."""
        here = self._here
        if here.depth == 1 and here.held:
            here.held = False
            self._asking.release()
        here.depth = max(0, here.depth - 1)  # a child that came of a handler's fork began at 0


_forks = _Forks()


def _before() -> None:
    _forks.before()


def _after() -> None:
    _forks.after()


def _forget() -> None:
    """Begin anew, in a child: the thread that reads is its parent's."""
    global _forks
    _forks = _Forks()


os.register_at_fork(before=_before, after_in_parent=_after, after_in_child=_forget)


class Gauges:
    """The declared gauges of the catalogues in force."""

    def __init__(
        self,
        catalogs: Iterable[Catalog],
        pipeline: Pipeline,
        reads: Callable[[Scope], bool] = bool,
    ) -> None:
        """`reads` tells whether this process reads for a scope (else: for all); it may be slow."""
        self._fields: Mapping[str, tuple[Field, ...]] = {
            name: fields for catalog in catalogs for name, fields in catalog.gauge_fields.items()
        }
        self._declared: dict[str, Gauge] = {
            gauge.name: gauge for catalog in catalogs for gauge in catalog.gauges
        }
        self._pipeline = pipeline
        self._reads = reads
        self._reading: threading.Thread | None = None
        self._asked: set[str] = set()
        self.thread: int | None = None
        """The thread that reads, whose queries are not observed."""

    def read(self, worked: bool) -> None:
        """Read the gauges of this process; those of host and service too, where it has `worked`.

        On a thread of its own: a supplier that hangs keeps its last reading and holds nothing up.
        """
        if not any(name in suppliers for name in self._declared):
            return
        if self._reading is not None and self._reading.is_alive():
            self._pipeline.tally.count("labotel_faults_total", "gauge_late")
            self._pipeline.tally.warn("gauge late", "labotel: the gauges are still being read")
            return
        self._reading = threading.Thread(
            target=self._read, args=(worked,), name="labotel-gauges", daemon=True
        )
        self._reading.start()
        self._reading.join(PATIENCE)

    def _read(self, worked: bool) -> None:
        self.thread = threading.get_ident()
        suppress_instrumentation()
        try:
            # What waits for no server comes first.
            self._read_scope("process", True)
            self._act(told_here)
            if self._read_scope("host", worked):
                self._act(told)
            self._read_scope("service", worked)
            self._act(done)
        except BaseException as error:
            self._pipeline.tally.fault("gauges", error)
        finally:
            self.thread = None  # the application's next thread may get the same number

    def _read_scope(self, scope: Scope, worked: bool) -> bool:
        """Read the gauges of a scope, where this process reads for it; return whether it does."""
        declared = {n: gauge for n, gauge in self._declared.items() if gauge.scope == scope}
        reads = False
        if worked and any(name in suppliers for name in declared):
            with self._waiting(f"reads {scope}"):
                reads = self._reads(scope)
        for name, gauge in declared.items():
            self._ask(name, gauge, reads)
        return reads

    @contextmanager
    def _waiting(self, what: str) -> Iterator[None]:
        """Let forks wait for the block: longer the first time, when it may import."""
        try:
            with _forks.waiting(FORK_PATIENCE if what in self._asked else PATIENCE):
                yield
        finally:
            self._asked.add(what)

    def _act(self, acts: Iterable[Callable[[], None]]) -> None:
        with _forks.waiting(FORK_PATIENCE):
            for act in acts:
                act()

    def _ask(self, name: str, gauge: Gauge, reads: bool) -> None:
        """Read one gauge; what nobody supplies, or failed, has no value: not an old one."""
        supplied = suppliers.get(name)
        if supplied is not None and reads:
            try:
                with self._waiting(name):
                    metric = series(
                        gauge, self._fields[name], supplied[1](), self._pipeline.tally.note
                    )
            except BaseException as error:  # a supplier's SystemExit ends no other's reading
                self._pipeline.tally.fault(f"gauge_{name}", error)
            else:
                with self._pipeline.lock:  # a label set that vanished is gone from now on
                    self._pipeline.meter.metrics[name] = metric
                return
        with self._pipeline.lock:
            self._pipeline.meter.metrics.pop(name, None)
