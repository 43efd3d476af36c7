"""The life of one process: nothing at first, two threads from its first signal, one end.

One thread drains the queue and writes the slot (`drainer.py`), the other encodes and sends
(`sender.py`).
"""

import os
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from typing import Final

from labotel.events.catalog import Catalog
from labotel.events.event import Event
from labotel.export import locks, parents, resource
from labotel.export.drainer import Drainer
from labotel.export.exporter import Exporter
from labotel.export.foreign import ForeignLogs
from labotel.export.gauging import Gauges
from labotel.export.hold import Hold
from labotel.export.keeper import Keeper
from labotel.export.sender import Flush, Sender
from labotel.export.settings import Settings
from labotel.export.spanqueue import SpanQueue
from labotel.export.threads import Threads
from labotel.export.wake import wait_until
from labotel.signals.pipeline import LOCK_WAIT, Pipeline

SEND_SHARE: Final = 0.5
"""The part of an end's time in which everything is sent."""
LEAVE_SHARE: Final = 0.4
"""The part that is kept for writing to disk what could not be sent."""
SLOT_WAIT: Final = 3.0
"""How long, in s, an ending child waits for its slot, where it has none yet."""
CHILD_WAIT: Final = 1.0
"""How long an ending child lets a request under way finish before it leaves the rest."""


class Runtime:
    """One process's export, from its first signal to its end."""

    def __init__(
        self,
        settings: Settings,
        catalogs: Sequence[Catalog],
        pipeline: Pipeline,
        background: frozenset[type[Event]] = frozenset(),
    ) -> None:
        self.settings = settings
        self.catalogs = tuple(catalogs)
        self.pipeline = pipeline
        self.home = os.getpid()
        self.attributes = resource.attributes(settings)
        self.hold = Hold(self._end_hold)
        self.take_others: Callable[[], bytes] | None = None
        self.foreign_logs: ForeignLogs | None = None
        self.background = background
        self.forked: list[Callable[[], None]] = []
        """Called in a forked child after the runtime forgot what it inherited."""
        self.finish: Callable[[], object] = self.end
        """Ends all that is configured, where a process leaves without an atexit."""
        self.turns: list[Callable[[], object]] = []
        """Called twice a second, on the thread that drains."""
        self.lasts: list[Callable[[], object]] = []
        """Called at its end, before the last export: they say what is to be counted till then."""
        self.ends: list[Callable[[], object]] = []
        """Called when all else has ended."""
        pipeline.start, pipeline.wake = self.start, self.attend
        self._forks = 0
        self._apply()
        self.spans = self._queue()
        self._renew()

    def _queue(self) -> SpanQueue:
        settings = self.settings
        return SpanQueue(
            settings.span_queue, settings.span_batch, self.pipeline.tally, self._wanted
        )

    def _apply(self) -> None:
        self.pipeline.logs_limit = self.settings.log_queue
        self.pipeline.always_exemplars = {
            "trace_based": False, "always_on": True, "always_off": None,
        }[self.settings.exemplar_filter]  # fmt: skip

    def _renew(self) -> None:
        """Make everything that belongs to one process, but for its queues."""
        self.keeper = Keeper(self.settings, self.attributes, self.pipeline, self.catalogs)
        self.exporter = Exporter(
            self.settings, self.attributes, self.pipeline, self.spans.spans, self.keeper
        )
        self.reconnect()
        self._drainer = Drainer(self.pipeline, self.keeper, self.exporter, self.turns)
        self._gauges = Gauges(self.catalogs, self.pipeline, self.keeper.reads)
        self._sender = Sender(
            self.settings, self.pipeline, self.keeper, self.exporter, self._gauges
        )
        self._sender.background = self.background
        self._guard = threading.Lock()
        self._threads = Threads(self._drainer, self._sender)
        self.closed = False

    def adopt(self, settings: Settings) -> None:
        """Take settings that came later (Django's), as long as nothing runs on the earlier ones."""
        if self._threads and settings.values != self.settings.values:
            self.pipeline.tally.warn(
                "late settings",
                "labotel: Django's LABOTEL came after the first signal and changes nothing; give "
                "these settings to configure() or to the environment",
            )
        if not self._threads:
            self.settings = settings
            self.attributes = resource.attributes(settings)
            self._apply()
            self._renew()
        self._end_hold()

    def _waiting(self) -> bool:
        """Tell whether something was said that nothing has looked at."""
        return bool(self.pipeline.queue or self.pipeline.logs or self.spans.spans)

    def note_fork(self) -> None:
        """Remember, in the parent, that there are children, who may leave something to send."""
        self._forks += 1

    def after_fork(self) -> None:
        """Forget, in a child, all that is its parent's; its own begins at its first signal."""
        inherited = self.spans
        inherited.dead = True  # a span that the parent began is the parent's to export
        inherited.spans.clear()
        closed, self._forks = self.closed, 0
        locks.forget()
        self.keeper.forget()
        self.hold.forget()
        self.pipeline.reset()
        self.spans = self._queue()
        self._renew()
        self.closed = closed
        for forget in self.forked:
            forget()

    def start(self) -> None:
        """Start this process's threads (at its first signal, on the thread that gave it).

        Not yet while Django's settings are awaited: what is said until then waits in the queue.
        """
        if not self.closed and not self.hold.holds():
            self._launch()

    def _end_hold(self) -> None:
        self.hold.end()
        if self._waiting():
            self.start()

    def _launch(self) -> None:
        with self.pipeline.unbroken:
            self._launch_once()

    def _launch_once(self) -> None:
        if not self._guard.acquire(blocking=False):
            return  # another thread is starting them
        try:
            if self._threads:
                return
            self.pipeline.started = self.spans.started = True
            parents.end_with_multiprocessing(self.finish)
            # released by the drainer when the slot is carried on
            if not self._threads.draining and not self.pipeline.lock.acquire(timeout=LOCK_WAIT):
                self.pipeline.started = self.spans.started = False
                return
            self._threads.start()
        except RuntimeError:  # the interpreter is ending, or there are too many threads just now
            self.pipeline.started = self.spans.started = False
            if not self._threads.draining:
                self.pipeline.lock.release()
        finally:
            self._guard.release()

    def _wanted(self) -> None:
        """Let the exporter look now: a batch is full, or the first span ended."""
        if not self._threads:
            self.pipeline.started = True
            self.start()
        else:
            self._sender.attend()

    def is_own_thread(self) -> bool:
        """Tell whether the present thread is one of labotel's."""
        return threading.get_ident() == self._gauges.thread or self._threads.present()

    def ready(self, timeout: float) -> bool:
        """Wait until this process's slot is taken and carried on; False after `timeout` s."""
        drainer = self._drainer
        return wait_until(lambda: drainer.ready, timeout)

    def reconnect(self) -> None:
        """Let the exporter know what the composition root joined since."""
        self.exporter.others = self.take_others
        self.exporter.batches.foreign_logs = self.foreign_logs

    def attend(self) -> None:
        """Let the drainer look now: the queue is long."""
        self._drainer.attend()

    def flush(self, timeout: float, last: bool = False) -> bool:
        """Have everything sent; False where that took longer than `timeout` s or was not taken.

        Not for a gauge's supplier or a log handler on labotel's own threads: they would wait for
        themselves, and each reading would ask for the next.
        """
        if self.is_own_thread():
            return False
        if self.closed and not last:  # nobody is there to send it
            return not self._waiting()
        if not self._threads:
            if not self._waiting():
                return True
            self._end_hold()
            self._launch()
        wish = Flush(time.monotonic() + timeout, last)
        self._sender.ask(wish)
        return wait_until(lambda: wish.done, timeout) and wish.ok

    def shutdown(self, timeout: float) -> bool:
        """Send everything and end, within `timeout` s; what cannot be sent is left on disk."""
        if self.closed:
            return True
        self.closed = True
        deadline = time.monotonic() + timeout
        self._end_hold()
        if not self._threads and (self._waiting() or self._children_left()):
            self._launch()
        if not self._threads:
            return True
        if not self.ready(timeout):
            return False
        self._act(self.lasts)
        ok = self.flush((deadline - time.monotonic()) * SEND_SHARE, last=True)
        self._end(deadline, timeout * LEAVE_SHARE)
        return ok

    def _children_left(self) -> bool:
        """Tell whether children of a process that said nothing itself left something to send."""
        if not self._forks:
            return False
        try:
            path = self.keeper.open().path
        except OSError:  # nobody could leave anything there
            return False
        return any(path.glob("left-*")) or any(path.glob("slot-*.json"))

    def home_lives(self) -> bool:
        """Tell whether this is a forked child whose parent is there to send what it leaves."""
        return os.getpid() != self.home and parents.lives(self.home)

    def end(self) -> bool:
        """End this process as it may: a forked child at once, else within `shutdown_timeout`."""
        if self.home_lives():
            self.end_child()
            return True
        return self.shutdown(self.settings.shutdown_timeout)

    def end_child(self) -> None:
        """End a forked child: write, leave what waits to others, never wait for the network."""
        if self.closed or not self._threads:
            return
        self.closed = True
        # For its slot, without which all it said is lost, it waits longer: that is no network.
        if not self.ready(SLOT_WAIT):
            return
        self._act(self.lasts)
        self._end(time.monotonic() + CHILD_WAIT, CHILD_WAIT * LEAVE_SHARE)

    def _end(self, deadline: float, leaving: float) -> None:
        self._threads.stop(deadline - leaving)
        self._act((
            self.pipeline.drain,
            self.keeper.save,
            lambda: self.exporter.leave(deadline),
            self.pipeline.drain,  # what was lost is counted, and said
            self.keeper.save,
            self.keeper.release,
            *self.ends,
        ))  # fmt: skip

    def _act(self, acts: Iterable[Callable[[], object]]) -> None:
        for act in acts:
            try:
                act()
            except Exception as error:  # it must not cost what comes after it
                self.pipeline.tally.fault("end", error)
