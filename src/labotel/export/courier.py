"""Takes requests to the receiver: when it may be asked again, and what is said of its answers."""

import random
import time
from dataclasses import replace
from typing import Final

from labotel.export.settings import Settings, Signal
from labotel.export.split import halves
from labotel.export.transport import FIXES, Answer, Transport
from labotel.policy.scrubbing import scrub_url
from labotel.signals.tally import Tally

BACKOFF: Final = (1.0, 30.0)
"""After a failure the next try waits 1 s, then twice as long each time, at most 30 s."""
LARGE: Final = "413"


class Courier:
    """Sends the requests of one process, and counts what became of each."""

    def __init__(self, settings: Settings, tally: Tally) -> None:
        self._settings = settings
        self._tally = tally
        self.answered: bool | None = None
        """Whether a receiver answered the last request; None before the first."""
        self.transport = Transport(settings)
        self._wait: dict[Signal, tuple[float, float]] = {}
        self._not_before: dict[Signal, float] = {}
        self.most: dict[Signal, int] = {}
        """Items that a request of a signal may hold, where a larger one was too large."""

    def due(self, signal: Signal) -> bool:
        """Tell whether a signal may be tried again after its last failure."""
        return time.monotonic() >= self._wait.get(signal, (0.0, 0.0))[0]

    def send(self, signal: Signal, body: bytes, items: int, deadline: float) -> Answer:
        """Send a request of so many items before `deadline` (monotonic s), and count its end.

        One that is too large goes in halves; what of them is to be tried again is the answer's
        `rest`.
        """
        if time.monotonic() < self._not_before.get(signal, 0.0):
            return Answer("again", "Retry-After")  # not for a flush or an end either
        answer = self._ask(signal, body, deadline)
        if answer.reason == LARGE:
            parts = halves(signal, body)
            if len(parts) > 1:
                self.most[signal] = parts[0][1]
                return self._send_parts(signal, parts, deadline)
            self.most.pop(signal, None)  # one record alone was too large, not the requests
        if answer.outcome != "taken":
            self._tell(signal, answer)
        self._settle(signal, items, answer)
        return answer

    def _send_parts(
        self, signal: Signal, parts: list[tuple[bytes, int]], deadline: float
    ) -> Answer:
        answer = Answer("taken")
        for i, (part, count) in enumerate(parts):
            answer = self.send(signal, part, count, deadline)
            if answer.outcome == "again":
                left = [answer.rest or (part, count), *parts[i + 1 :]]
                # Concatenated, several requests are one.
                rest = b"".join(body for body, _ in left), sum(items for _, items in left)
                return replace(answer, rest=rest)
        return answer

    def _ask(self, signal: Signal, body: bytes, deadline: float) -> Answer:
        began = time.monotonic()
        answer = self.transport.send(signal, body, deadline - began)
        now = time.monotonic()
        self.answered = answer.outcome != "again"
        tally = self._tally
        tally.measure("labotel_export_duration_seconds", signal, value=now - began)
        if answer.outcome == "again":
            _, pause = self._wait.get(signal, (0.0, 0.0))
            pause = min(BACKOFF[1], max(BACKOFF[0], pause * 2))
            # The workers of a service do not all knock at once when the receiver is back.
            apart = 0.75 + random.random() / 2  # noqa: S311  # no secret
            self._wait[signal] = (now + max(pause * apart, answer.after), pause)
            self._not_before[signal] = now + answer.after
        else:
            self._wait.pop(signal, None)
        if answer.outcome == "taken":
            tally.measure("labotel_last_export_timestamp_seconds", signal, value=time.time())
        else:
            tally.count("labotel_export_failures_total", signal, answer.reason)
        return answer

    def _tell(self, signal: Signal, answer: Answer) -> None:
        url = scrub_url(self._settings.target(signal).url)
        fix = f" ({FIXES[answer.reason]})" if answer.reason in FIXES else ""
        what = "is tried again" if answer.outcome == "again" else "was refused and is dropped"
        self._tally.warn(
            f"send {signal}",
            f"labotel: {signal} to {url}: {answer.reason}{fix}; a request {what}",
        )

    def _settle(self, signal: Signal, items: int, answer: Answer) -> None:
        """Count what was taken and what is lost; what is tried again is neither yet."""
        if answer.outcome == "again":
            return
        lost = items if answer.outcome == "refused" else max(0, min(answer.rejected, items))
        if lost:
            reason = answer.reason or "rejected"
            self._tally.count("labotel_dropped_total", signal, reason, n=lost)
        if items > lost:
            self._tally.count("labotel_exported_total", signal, n=items - lost)
