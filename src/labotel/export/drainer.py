"""The thread that drains the queue and writes the slot: a receiver that hangs holds up neither."""

import time
from collections.abc import Callable, Sequence
from typing import Final

from labotel.export.exporter import Exporter
from labotel.export.keeper import Keeper
from labotel.export.suppress import suppress_instrumentation
from labotel.export.wake import Alarm
from labotel.signals.pipeline import Pipeline

DRAIN_EVERY: Final = 0.5
SAVE_EVERY: Final = 1.0
SHARE: Final = 0.02
"""The part of a core that writing the slot may take, however large it is."""


class Drainer:
    """Takes the slot, then drains and saves until it is stopped."""

    def __init__(
        self,
        pipeline: Pipeline,
        keeper: Keeper,
        exporter: Exporter,
        turns: Sequence[Callable[[], object]],
    ) -> None:
        self._pipeline = pipeline
        self._keeper = keeper
        self._exporter = exporter
        self._turns = turns
        self._wake = Alarm()
        self._stopping = False
        self.ready = False
        """Whether the slot is taken and its totals are carried on."""

    def attend(self) -> None:
        """Drain now: the queue is long."""
        self._wake.ring()

    def stop(self) -> None:
        """End soon."""
        self._stopping = True
        self._wake.ring()

    def run(self) -> None:
        """Be the thread; it begins with the drain lock held."""
        suppress_instrumentation()
        try:
            self._keeper.take()
        except Exception as error:
            self._pipeline.tally.fault("start", error)
        finally:
            self._pipeline.lock.release()
        try:
            self._exporter.prepare()
        except Exception as error:
            self._pipeline.tally.fault("start", error)
        self.ready = True
        save_at = time.monotonic() + SAVE_EVERY
        while not self._stopping:
            self._wake.wait(DRAIN_EVERY)
            try:
                for turn in self._turns:
                    turn()
                self._exporter.courier.transport.cut()
                self._pipeline.drain()
                began = time.monotonic()
                if began >= save_at:
                    self._keeper.save()
                    took = time.monotonic() - began
                    save_at = began + max(SAVE_EVERY, took / SHARE)
            except BaseException as error:  # also a SystemExit of a value's own method
                self._pipeline.tally.fault("drain", error)
