"""The beat that a process is: when it last looked at what is due."""

import os
import time
from collections.abc import Callable
from typing import Any

from labotel.catalogs.tasks import BEAT_TICK, BeatReady
from labotel.events.dispatch import tell
from labotel.instrumentation.supplies import Supplies
from labotel.instrumentation.wrapping import Wrapping


class BeatObserver:
    """Observes every scheduler of Celery's; `connect` and `disconnect` it."""

    def __init__(self, fault: Callable[[str, BaseException], None]) -> None:
        self._fault = fault
        self._wrapping = Wrapping("Scheduler", "tick", self._around)
        self._supplies = Supplies()
        self._ticked: tuple[int, float] | None = None

    def connect(self, beat: Any) -> None:
        """Observe the schedulers of `celery.beat`: others' are made of its own."""
        self._wrapping.connect(beat)
        self._supplies.give(BEAT_TICK, self._read)

    def disconnect(self) -> None:
        """Observe nothing any more."""
        self._wrapping.disconnect()
        self._supplies.take_back()
        self._ticked = None

    def _around(self, original: Callable[..., Any]) -> Callable[..., Any]:
        def tick(scheduler: Any, *args: Any, **kwargs: Any) -> Any:
            self._tick()
            return original(scheduler, *args, **kwargs)

        return tick

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
