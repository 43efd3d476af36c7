"""The two threads of a process: one drains, the other sends; neither takes its signals."""

import threading
import time

from labotel.export.drainer import Drainer
from labotel.export.sender import Sender
from labotel.signals.carried import NOTHING
from labotel.signals.ownthread import asking, own_thread


class Threads:
    """Started once, at a process's first signal; stopped at its end."""

    def __init__(self, drainer: Drainer, sender: Sender) -> None:
        self._drainer = drainer
        self._sender = sender
        self._started: list[threading.Thread] = []

    def __bool__(self) -> bool:
        return len(self._started) == 2

    @property
    def draining(self) -> bool:
        """Tell whether the one that drains was started."""
        return bool(self._started)

    def start(self) -> None:
        """Start both, or the one that could not be started before.

        RuntimeError where there can be no more threads: the interpreter is ending, or a limit of
        the system's is reached.
        """
        drainer = self._drainer
        ready = (lambda: drainer.ready,)
        made = [
            own_thread("labotel-drain", drainer.run),
            own_thread("labotel-send", self._sender.run, *ready),
        ]
        self._started += made[len(self._started) :]
        try:
            with NOTHING.in_force():  # not in the trace of whoever said the first thing
                for thread in self._started:
                    if thread.ident is None:
                        thread.start()
        except RuntimeError:
            self._started = [thread for thread in self._started if thread.ident is not None]
            raise

    def present(self) -> bool:
        """Tell whether one of them runs this, or a thread that asks for somebody's health."""
        here = threading.get_ident()
        return here in asking or any(t.ident == here and t.is_alive() for t in self._started)

    def stop(self, until: float) -> None:
        """Let both end, and wait for them until a moment (monotonic s)."""
        self._drainer.stop()
        self._sender.stop()
        for thread in self._started:
            # One without an id was not started yet: a signal's handler ends the process meanwhile.
            if thread.ident is not None and thread is not threading.current_thread():
                thread.join(max(0.05, until - time.monotonic()))
