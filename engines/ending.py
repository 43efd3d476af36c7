"""Ctrl-C, SIGTERM and SIGHUP: noted when they come, acted on where it does no harm.

An exception out of a signal handler could strike while a child is being started, and that child
would live on, unknown to all.
"""

import signal
from threading import Event
from types import FrameType
from typing import Final

_SIGNALS: Final = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
_asked: Final = Event()


def listen() -> None:
    """Note the signals from now on."""
    for sign in _SIGNALS:
        signal.signal(sign, _note)


def check() -> None:
    """Raise KeyboardInterrupt where an end was asked for; whatever waits calls it often."""
    if _asked.is_set():
        raise KeyboardInterrupt


def _note(number: int, frame: FrameType | None) -> None:
    _asked.set()
