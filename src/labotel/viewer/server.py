"""A threaded TCP server that really ends: the port closes, and open connections with it."""

from __future__ import annotations

import contextlib
import socket
import socketserver
import sys
import threading
from typing import Any


class ThreadedServer(socketserver.ThreadingMixIn, socketserver.TCPServer):
    """One daemon thread a connection.

    http.server's own class looks up the host's full name when it binds, which can take seconds.
    """

    daemon_threads = True
    allow_reuse_address = True
    request_queue_size = 128

    def __init__(
        self, address: tuple[str, int], handler: type[socketserver.BaseRequestHandler]
    ) -> None:
        if ":" in address[0]:
            self.address_family = socket.AF_INET6
        self._connections: set[socket.socket] = set()
        self._lock = threading.Lock()
        super().__init__(address, handler)

    def process_request(self, request: Any, client_address: Any) -> None:
        """Remember the connection while it is open."""
        with self._lock:
            self._connections.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        """Forget the connection when it ends."""
        with self._lock:
            self._connections.discard(request)
        super().shutdown_request(request)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that went away is nothing to print a traceback about; a bug is."""
        if not isinstance(sys.exception(), OSError):
            super().handle_error(request, client_address)

    def server_close(self) -> None:
        """Close the port and every open connection, whoever else holds a copy of them."""
        with self._lock:
            connections = list(self._connections)
        for open_socket in (self.socket, *connections):
            # Forked children hold copies; closing ours alone would leave the port answering.
            with contextlib.suppress(OSError):
                open_socket.shutdown(socket.SHUT_RDWR)
        super().server_close()
