"""Threads of labotel's own: nothing of the starter's work is in force in them, nor are its signals.

Python runs a signal's handler on the main thread, but the kernel may give the signal itself to any
thread that does not block it. Where one of labotel's took it, a call that the main thread waits in
would not end: a soft time limit of Celery's came when its task was done.
"""

import os
import signal
import threading
from collections.abc import Callable
from typing import Any, Final

_OF_A_THREAD: Final = {
    signal.SIGSEGV, signal.SIGBUS, signal.SIGFPE, signal.SIGILL,
    signal.SIGABRT, signal.SIGTRAP, signal.SIGSYS,
}  # fmt: skip
"""What a thread's own fault raises: blocked, it ends the process before faulthandler can speak."""

asking: Final[set[int]] = set()
"""The threads that ask for somebody's health now: what they ask is no work of the application's."""

os.register_at_fork(after_in_child=asking.clear)


def own_thread(name: str, run: Callable[..., None], *arguments: Any) -> threading.Thread:
    """Make a daemon thread that blocks signals; those that it starts inherit that."""
    starter = threading.get_native_id()

    def body() -> None:
        # gevent's are greenlets of the thread that starts them: that one must take its signals.
        if threading.get_native_id() != starter:
            signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals() - _OF_A_THREAD)
        run(*arguments)

    return threading.Thread(target=body, name=name, daemon=True)
