"""What labotel knows of itself: counted without a lock, added up at the next drain.

Counting may happen in a signal handler or a destructor, so it is one append; metrics and the
rate-limited warnings come of it on labotel's own thread.
"""

import logging
import threading
import time
from collections import Counter, deque
from typing import Final

from labotel.events import dispatch
from labotel.policy.scrubbing import scrub, unowned
from labotel.signals import selfmetrics
from labotel.signals.cells import Meter

logger = logging.getLogger("labotel")

WARN_EVERY: Final = 60.0
FAULTS: Final = 100
LOST: Final = "labotel_dropped_total"

_NOTES: Final = {
    "overflow": "has reached its limit of series; more are counted in one called 'other'",
    "amount": "was given a value that it cannot take (negative, NaN or infinite)",
    "value": "was given a value outside its type; it is counted as 'other'",
    "personal": "was given personal data; a marker is counted instead: declare it Personal",
    "limit": "has more values than Limited allows; later ones are counted as 'other'",
}


class Tally:
    """Counts of labotel's own, and warnings that are said once a minute each."""

    def __init__(self) -> None:
        self._pending: deque[tuple[str, tuple[str, ...], float]] = deque()
        self._warnings: deque[tuple[str, str, bool]] = deque(maxlen=1000)
        self._said: dict[str, float] = {}
        self._lost: Counter[tuple[str, ...]] = Counter()
        self._unsaid = dispatch.lost
        self._speakers: set[int] = set()
        self.faults: dict[str, tuple[str, float]] = {}
        """The last fault at each place of labotel's own, and when (s since 1970), for who asks."""

    def count(self, name: str, *labels: str, n: int = 1) -> None:
        """Add `n` to a self-metric."""
        self._pending.append((name, labels, n))

    def measure(self, name: str, *labels: str, value: float) -> None:
        """Set a self-metric that is a gauge, or add a value to one that is a histogram."""
        self._pending.append((name, labels, value))

    def warn(self, key: str, text: str, *, quoting: bool = False) -> None:
        """Let `text` be logged soon, at most once a minute for each `key`.

        It is scrubbed where it is `quoting` what an application gave. What is wrong with an event
        that a handler makes of a warning makes none itself.
        """
        if threading.get_ident() not in self._speakers:
            self._warnings.append((key, text, quoting))

    def fault(self, where: str, error: BaseException) -> None:
        """Count a fault of labotel's own; it goes no further."""
        self.count("labotel_faults_total", where)
        trace = error.__traceback__
        while trace is not None and trace.tb_next is not None:
            trace = trace.tb_next
        if where in self.faults or len(self.faults) < FAULTS:
            self.faults[where] = (type(error).__name__, time.time())
        at = f" at {trace.tb_frame.f_code.co_filename}:{trace.tb_lineno}" if trace else ""
        self.warn(
            f"fault {where}",
            f"labotel: a fault in {where}, kept from the application: {type(error).__name__}{at}",
        )

    def note(self, what: str, name: str) -> None:
        """Count what the label policy replaced of a metric or label, and say it once a minute."""
        if what == "overflow":
            self.count("labotel_series_overflow_total", name)
        elif what == "amount":
            self.count("labotel_measurements_refused_total", name)
        else:
            self.count("labotel_values_replaced_total", name, what)
        self.warn(f"{what} {name}", f"labotel: {name} {_NOTES[what]}")

    def settle(self, meter: Meter, now: int) -> None:
        """Add what was counted to the self-metrics (under the drain lock)."""
        pending = self._pending
        if unsaid := dispatch.lost - self._unsaid:
            self._unsaid += unsaid
            self.count("labotel_faults_total", "emit", n=unsaid)
        for _ in range(len(pending)):
            name, labels, n = pending.popleft()
            selfmetrics.add(meter, name, labels, n, now)
            if name == LOST:
                self._lost[labels] += int(n)

    def speak(self) -> None:
        """Log the warnings that are due (outside every lock, on labotel's own thread)."""
        for _ in range(len(self._warnings)):
            try:
                warning = self._warnings.popleft()
            except IndexError:  # another thread spoke meanwhile
                break
            self._say(*warning)
        for (signal, reason), n in list(self._lost.items()):
            if self._say(f"lost {signal} {reason}", f"labotel: {n} {signal} lost ({reason})"):
                self._lost.pop((signal, reason), None)

    def _say(self, key: str, text: str, quoting: bool = False) -> bool:
        """Log a warning; False where one of this key was said less than a minute ago."""
        now = time.monotonic()
        if now - self._said.get(key, -WARN_EVERY) < WARN_EVERY:
            return False
        self._said[key] = now
        here = threading.get_ident()
        nested = here in self._speakers  # a handler of the application's drains
        self._speakers.add(here)
        try:
            logger.warning("%s", scrub(text) if quoting else unowned(text))
        except Exception:  # a filter or handler of the application's may raise
            self.count("labotel_faults_total", "logging")
        finally:
            if not nested:
                self._speakers.discard(here)
        return True

    def clear(self) -> None:
        """Forget everything: a forked child starts with nothing of its parent's."""
        self._pending.clear()
        self._warnings.clear()
        self._lost.clear()
        self.faults.clear()
        self._speakers.clear()  # a child's threads may get the numbers of its parent's
        self._unsaid = dispatch.lost
