"""Which signals came to this process, as the kernel says it and not the interpreter.

CPython runs a handler between two instructions of the main thread. What comes while that waits for
the interpreter's lock is seen at its next look; where a blocking call is next (`time.sleep`, a
queue's `get`), that is after it, perhaps never. So another thread has to know of it, which
`signal.set_wakeup_fd` tells: the byte is written as the signal comes.
"""

import _socket  # gevent replaces what `socket` makes; these two never wait
import os
import signal
import socket
import struct
from contextlib import suppress
from typing import Final

_CREDENTIALS: Final = struct.Struct("3i")  # struct ucred of unix(7): process, user, group


class Wakeup:
    """The descriptor that CPython writes to, where nobody else has set one.

    A forked child writes to its parent's until it has its own, so each byte must come with the
    process that wrote it: that is Linux's `SO_PASSCRED`, and elsewhere nothing is known.
    """

    def __init__(self) -> None:
        self._pair: tuple[_socket.socket, _socket.socket] | None = None
        self._own = True
        """Whether only this process reads the pair."""

    def open(self) -> None:
        """Have the signals noted from now on, if this is the main thread."""
        if not hasattr(socket, "SO_PASSCRED"):
            return
        with suppress(OSError):  # too many files
            pair = _pair()
            with suppress(ValueError):  # on another thread than the main one nobody can
                before = signal.set_wakeup_fd(pair[1].fileno(), warn_on_full_buffer=False)
                if before == -1:
                    self._pair = pair
                    return
                signal.set_wakeup_fd(before, warn_on_full_buffer=False)
            for end in pair:
                end.close()

    def close(self) -> None:
        """Note none any more; the descriptors stay open while anybody may write to them."""
        if self._pair is None:
            return
        with suppress(ValueError):  # not on the main thread: CPython goes on writing
            before = signal.set_wakeup_fd(-1)
            if before == self._pair[1].fileno():
                for end in self._pair:
                    end.close()
                self._pair = None
            else:
                signal.set_wakeup_fd(before, warn_on_full_buffer=False)

    def renew(self) -> None:
        """Use, in a forked child, a pair of its own, by the same numbers."""
        if self._pair is None:
            return
        self._own = False
        with suppress(OSError):
            for new, inherited in zip(_pair(), self._pair, strict=True):
                os.dup2(new.fileno(), inherited.fileno(), inheritable=False)
                new.close()
            self._own = True

    def received(self) -> set[int]:
        """Return the signals that came to this process since the last call."""
        found: set[int] = set()
        if self._pair is None or not self._own:
            return found
        with suppress(OSError):  # BlockingIOError: that was all
            while True:
                numbers, about, _, _ = self._pair[0].recvmsg(512, _CREDENTIALS.size + 64)
                if not numbers:  # somebody closed the other end
                    break
                for _, kind, data in about:
                    ours = _CREDENTIALS.unpack_from(data)[0] == os.getpid()
                    if kind == socket.SCM_CREDENTIALS and ours:
                        found.update(numbers)
        return found


def _pair() -> tuple[_socket.socket, _socket.socket]:
    reader, writer = _socket.socketpair(socket.AF_UNIX, socket.SOCK_STREAM)
    reader.setsockopt(socket.SOL_SOCKET, socket.SO_PASSCRED, 1)
    reader.setblocking(False)
    writer.setblocking(False)
    return reader, writer
