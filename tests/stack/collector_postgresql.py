"""A server that speaks so much of PostgreSQL's protocol that it is told a user and a password."""

import socket
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager

ASKS_FOR_A_PASSWORD = b"R" + struct.pack(">ii", 8, 3)


@contextmanager
def told() -> Iterator[tuple[int, list[tuple[str, str]]]]:
    """Its port, and what it has been told; it answers nobody's question."""
    found: list[tuple[str, str]] = []
    with socket.create_server(("127.0.0.1", 0)) as server:

        def listen() -> None:
            while True:
                try:
                    caller, _ = server.accept()
                except OSError:
                    return
                with caller:
                    start = _message(caller)[4:].decode().split("\0")
                    about = dict(zip(start[::2], start[1::2], strict=False))
                    caller.sendall(ASKS_FOR_A_PASSWORD)
                    caller.recv(1)  # the letter of a password
                    found.append((about["user"], _message(caller).rstrip(b"\0").decode()))

        threading.Thread(target=listen, daemon=True).start()
        yield server.getsockname()[1], found


def _message(caller: socket.socket) -> bytes:
    (length,) = struct.unpack(">i", caller.recv(4, socket.MSG_WAITALL))
    return caller.recv(length - 4, socket.MSG_WAITALL)
