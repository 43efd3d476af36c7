"""The beat that a process is: when it last looked at what is due."""

import os
import time
from collections.abc import Callable
from typing import Any

from labotel.catalogs.tasks import BEAT_TICK, BeatReady
from labotel.events.dispatch import tell
from labotel.instrumentation.celery.receivers import Receivers
from labotel.instrumentation.supplies import Supplies


class BeatObserver:
    """Observes the scheduler of a beat, whosever it is; `connect` and `disconnect` it."""

    def __init__(self, fault: Callable[[str, BaseException], None]) -> None:
        self._fault = fault
        self._receivers = Receivers()
        self._supplies = Supplies()
        self._ticked: tuple[int, float] | None = None

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

    def _begun(self, sender: Any = None, **kwargs: Any) -> None:
        """Wrap the one scheduler's own `tick`: of RedBeat's it is another than Celery's."""
        try:
            scheduler = sender.scheduler
            original = scheduler.tick

            def tick(*args: Any, **keywords: Any) -> Any:
                self._tick()
                return original(*args, **keywords)

            scheduler.tick = tick
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
