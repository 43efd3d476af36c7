"""SIGTERM where nobody handles it: what waits is sent, and then the process ends by it as ever.

By its default the kernel ends a process at once and no atexit runs. Whoever has a handler, or sets
one later, is never asked and never called: its own end of the process runs the atexit.
"""

import os
import signal
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

from labotel.export.wakeup import Wakeup
from labotel.signals.unbroken import Unbroken

GRACE: Final = 5.0
"""How long, in s, past its timeout an end may hang before the process is killed: a handler of the
application's logging may wait for ever for whoever reads its pipe."""
_STATUS: Final = Path("/proc/self/status")


class Sigterm:
    """The handler of one configuration."""

    def __init__(
        self,
        end: Callable[[], object],
        flush: Callable[[], object],
        stretch: Callable[[], Unbroken],
        timeout: Callable[[], float],
    ) -> None:
        self._end = end
        self._flush = flush
        self._stretch = stretch
        self._timeout = timeout
        self._own = self._handle  # one object, so that it is known again
        self._ending: int | None = None
        """The process that ends labotel at this moment: a child may be forked meanwhile."""
        self._asked = False
        self._wakeup = Wakeup()
        self._came = False

    def install(self) -> None:
        """Handle SIGTERM from now on, if this is the main thread and nobody else does."""
        if signal.getsignal(signal.SIGTERM) == signal.SIG_DFL and not _caught_in_c():
            self._set(self._own)
            self._wakeup.open()

    def take_back(self) -> None:
        """Handle it no longer, where it is still this handler's to handle."""
        self._wakeup.close()
        if self._in_force():
            self._set(signal.SIG_DFL)

    def _in_force(self) -> bool:
        return signal.getsignal(signal.SIGTERM) is self._own

    def after_fork(self) -> None:
        """Watch, in a forked child, for its own; for none where another handles it.

        A child that closes all its descriptors (Celery's embedded beat) would leave CPython a
        number to write to that is whatever was opened next.
        """
        if self._in_force():
            self._wakeup.renew()
        else:
            self._wakeup.close()
        self._came = False

    def remind(self) -> None:
        """Interrupt the main thread where a SIGTERM came and it waits for something else.

        Called now and then, on another thread.
        """
        if signal.SIGTERM in self._wakeup.received() and not self._came and self._in_force():
            main = threading.main_thread().ident
            if main is not None:
                signal.pthread_kill(main, signal.SIGTERM)

    def _set(self, handler: Any) -> None:
        with suppress(ValueError):  # on another thread than the main one nobody can
            signal.signal(signal.SIGTERM, handler)

    def begin(self) -> None:
        """Note that labotel ends: a SIGTERM that comes meanwhile waits for that."""
        self._ending = os.getpid()

    def done(self) -> None:
        """Take the handler back at labotel's end; a SIGTERM that came meanwhile has its effect."""
        self._ending = None
        self.take_back()
        if self._asked:
            os.kill(os.getpid(), signal.SIGTERM)

    def _handle(self, *_: object) -> None:
        self._came = True
        if self._ending == os.getpid():
            self._asked = True
        elif not self._stretch().postpones(self._act):
            gevent = sys.modules.get("gevent")
            if gevent is not None and isinstance(gevent.getcurrent(), gevent.hub.Hub):
                self.begin()
                gevent.spawn(self._act)  # in its hub, where a handler finds it, nothing may wait
            else:
                self._act()

    def _act(self) -> None:
        if os.getpid() == 1:  # the kernel lets nobody end this one by the default: it goes on
            with suppress(Exception):
                self._flush()
            return
        late = threading.Timer(self._timeout() + GRACE, os.kill, (os.getpid(), signal.SIGKILL))
        late.daemon = True
        with suppress(Exception):  # what fails must not keep the process alive
            late.start()
            self._end()
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        os.kill(os.getpid(), signal.SIGTERM)


def _caught_in_c() -> bool:
    """Tell whether a handler stands that Python does not know of (uWSGI's, a library's)."""
    with suppress(OSError, ValueError):
        for line in _STATUS.read_text().splitlines():
            if line.startswith("SigCgt:"):
                return bool(int(line.split()[1], 16) >> (signal.SIGTERM - 1) & 1)
    return False
