"""What stands where `configure` stood while tests run: configurations in memory, and recordings."""

import logging
import os
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from labotel.configure import Providers, direct, present
from labotel.events import clock, dispatch
from labotel.events.catalog import Catalog

if TYPE_CHECKING:  # the SDK is imported at the first recording, or the first `configure`
    from labotel.assembly import Assembly
    from labotel.testing.memory import InMemory
    from labotel.testing.recorder import Recorder

logger = logging.getLogger("labotel")


class Stage:
    """Answers `configure`, `flush` and `shutdown`, and lets recordings come and go.

    A recording stands on a configuration: the application's, else one of the stage's own that is
    in force only as long. A configuration that really exports is lent to the recording and taken
    back as it was; one that is made in memory stays, as in production.
    """

    def __init__(self) -> None:
        self._former: Any = None
        self._entered = 0
        self._ground: Assembly | None = None
        self._own: InMemory | None = None
        self._on: list[tuple[Recorder, bool]] = []
        self._ended = False
        self._forking = False

    # The place of `configure`.

    def enter(self) -> None:
        """Stand in the place of `configure`, over what it built; as often as `leave` is called."""
        self._entered += 1
        if self._entered == 1:
            beneath = present()
            self._ground = beneath if beneath is not None and beneath.in_force else None
            self._former = direct(self)

    def leave(self) -> None:
        """Give `configure` its place back; what was configured in memory meanwhile is over."""
        self._entered -= 1
        if self._entered:
            return
        direct(self._former)
        made, self._ground = self._ground, None
        if made is not None and made is not present():
            made.shutdown(None)

    def configure(
        self, keywords: dict[str, Any], catalogs: Sequence[Catalog], providers: Providers
    ) -> None:
        """Judge the settings and the catalogues, and observe by them, in memory.

        In a recording that ended another configuration it is judged alone: the integrations that
        are connected stay.
        """
        from labotel.testing.memory import InMemory

        made = InMemory(keywords, catalogs)
        self._ended = False
        if self._ground is None:
            if self._own is not None:
                self._own.disconnect()
            self._ground = made
            made.connect()
        self._apply()

    def flush(self, timeout: float) -> bool:
        """Tell that all is sent: nothing is."""
        return True

    def shutdown(self, timeout: float | None) -> bool:
        """End the configuration; one that a recording stands on comes back after it."""
        if self._on:
            self._ended = True
            self._apply()
        elif self._ground is not None:
            self._ground.shutdown(timeout)
            self._ground = None
        return True

    def present(self) -> "Assembly | None":
        """Return the configuration in force."""
        return None if self._ended else self._ground

    # The recordings.

    def ground(self) -> "Assembly":
        """Return the configuration that recordings stand on."""
        if self._ground is not None:
            return self._ground
        if self._own is None:
            from labotel.testing.memory import InMemory

            self._own = InMemory({}, ())
        return self._own

    def begin(self, recorder: "Recorder", strict: bool) -> None:
        """Let a recording begin: it gets everything, until it ends or another begins."""
        from labotel.testing import spans

        ground = self.ground()
        if ground is self._own and not ground.in_force:
            ground.connect()
        if not self._forking:
            self._forking = True
            os.register_at_fork(after_in_child=self._after_fork)
        spans.tap()
        if self._on:
            recorder.clock.follow(self._on[-1][0].clock)
        self._on.append((recorder, strict))
        self._apply()

    def end(self, recorder: "Recorder") -> None:
        """Let a recording end; the one that began before it goes on."""
        self._on = [pair for pair in self._on if pair[0] is not recorder]
        if not self._on:
            self._ended = False
        self._apply()
        if not self._on and self._own is not None and self._own.in_force:
            self._own.disconnect()

    def _apply(self) -> None:
        from labotel.testing import spans

        if not self._on:
            spans.hand.to = None
            clock.count_by(None)
            self.ground().take_back()
            return
        recorder, strict = self._on[-1]
        spans.hand.to = None if self._ended else recorder.kept
        clock.count_by(recorder.clock.ticks)
        self.ground().lend(recorder, spans.tracers(), spans.meters, strict)
        if self._ended:
            dispatch.connect(None)
            self.ground().pipeline.pass_lines(_forget)

    def _after_fork(self) -> None:
        for recorder, _ in self._on:
            recorder.after_fork()


def _forget(line: object) -> None:
    """Take what comes after an end within a recording."""


stage = Stage()
