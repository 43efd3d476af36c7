"""The beat that a process is: when it last looked at what is due, and what it sent, when."""

import os
import time
from collections.abc import Callable
from typing import Any, Final

from labotel.catalogs.tasks import BEAT_TICK, BeatMissed, BeatReady, BeatRun, RunResult
from labotel.events.dispatch import tell
from labotel.instrumentation.celery.due import UNKNOWN, Due, due
from labotel.instrumentation.celery.receivers import Receivers
from labotel.instrumentation.supplies import Supplies

LATE: Final = 10.0
"""From so many s on a run is late."""


class BeatObserver:
    """Observes the scheduler of a beat, whosever it is; `connect` and `disconnect` it."""

    def __init__(self, fault: Callable[[str, BaseException], None]) -> None:
        self._fault = fault
        self._receivers = Receivers()
        self._supplies = Supplies()
        self._ticked: tuple[int, float] | None = None
        self._wrapped: list[tuple[Any, str, Any]] = []
        """A scheduler, the name of a method of it, and what stands there instead."""

    def connect(self, beat: Any) -> None:
        """Observe this process; called when it imports `celery.beat`, as every beat does."""
        if self._receivers:
            return
        from celery import signals

        self._receivers.on(signals.beat_init, self._begun)
        self._supplies.give(BEAT_TICK, self._read)

    def disconnect(self) -> None:
        """Observe nothing any more."""
        self._receivers.disconnect()
        self._supplies.take_back()
        self._ticked = None
        while self._wrapped:
            scheduler, name, made = self._wrapped.pop()
            if vars(scheduler).get(name) is made:
                delattr(scheduler, name)

    def _begun(self, sender: Any = None, **kwargs: Any) -> None:
        """Wrap the one scheduler's own methods: of RedBeat's they are others than Celery's."""
        try:
            self._wrap(sender.scheduler, "tick", self._around_tick)
            self._wrap(sender.scheduler, "apply_async", self._around_apply)
        except Exception as error:
            self._fault("beat", error)

    def _wrap(self, scheduler: Any, name: str, around: Callable[..., Any]) -> None:
        made = around(getattr(scheduler, name))
        setattr(scheduler, name, made)
        self._wrapped.append((scheduler, name, made))

    def _around_tick(self, original: Callable[..., Any]) -> Callable[..., Any]:
        def tick(*args: Any, **keywords: Any) -> Any:
            self._tick()
            return original(*args, **keywords)

        return tick

    def _around_apply(self, original: Callable[..., Any]) -> Callable[..., Any]:
        def apply_async(entry: Any, *args: Any, **keywords: Any) -> Any:
            found = self._due(entry)  # before it is sent: that changes it
            sent = False
            try:
                result = original(entry, *args, **keywords)
                sent = True
                return result
            finally:
                self._ran(entry, found, sent)

        return apply_async

    def _due(self, entry: Any) -> Due:
        try:
            return due(entry)
        except Exception as error:
            self._fault("beat_due", error)
            return UNKNOWN

    def _ran(self, entry: Any, found: Due, sent: bool) -> None:
        try:
            name = str(entry.name)
            result = RunResult.LATE if (found.late or 0.0) >= LATE else RunResult.SENT
            late = found.late if sent else None
            result = result if sent else RunResult.FAILED
            tell(BeatRun(schedule_entry=name, result=result, runs=1, lateness=late))
            if found.times > 1:
                missed = found.times - 1
                tell(BeatMissed(schedule_entry=name, result=RunResult.MISSED, runs=missed))
        except Exception as error:
            self._fault("beat", error)

    def _tick(self) -> None:
        try:
            first = self._ticked is None or self._ticked[0] != os.getpid()
            self._ticked = (os.getpid(), time.time())
            if first:
                tell(BeatReady())
        except Exception as error:
            self._fault("beat", error)

    def _read(self) -> list[tuple[float]]:
        """Give the time of the last tick; a process that was forked from a beat is none."""
        if self._ticked is None or self._ticked[0] != os.getpid():
            return []
        return [(self._ticked[1],)]
