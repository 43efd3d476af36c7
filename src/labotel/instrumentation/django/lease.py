"""The deployment's lease in Django's default database: an advisory lock of PostgreSQL's.

It belongs to a session: however its process ends, the next one can take it. The session is on a
connection of its own, made by the driver with Django's parameters, so that no pool, receiver or
wrapper of the application's has to do with it.
"""

import os
import socket
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from hashlib import blake2b
from typing import Any, Final

PATIENCE: Final = 2
"""How long, in s, connecting may take (libpq takes no less), and each answer."""

_LINE: Final = {
    "connect_timeout": PATIENCE,
    "tcp_user_timeout": PATIENCE * 1000,
    "application_name": "labotel",
}

_NOTICE: Final = (
    "SELECT set_config('tcp_keepalives_idle', '10', false),"
    " set_config('tcp_keepalives_interval', '5', false),"
    " set_config('tcp_keepalives_count', '3', false)"
)
"""A holder whose machine is gone closes no connection: the server finds out within 25 s."""


def database_lease(name: str, lasts: float) -> "DatabaseLease | None":
    """Return the lease in Django's default database; None where that is no PostgreSQL."""
    conf = sys.modules.get("django.conf")
    if conf is None or not conf.settings.configured:
        return None
    from django.db import connections

    wrapper = connections.create_connection("default")  # it connects nothing, and nobody knows it
    return DatabaseLease(wrapper, name) if wrapper.vendor == "postgresql" else None


class DatabaseLease:
    """A lock of PostgreSQL's, on a connection that is open only while the lock is held."""

    def __init__(self, wrapper: Any, name: str) -> None:
        options = {**wrapper.settings_dict.get("OPTIONS", {}), **_LINE}
        options.pop("pool", None)  # a connection of its own, not one of Django's pool
        wrapper.settings_dict = {**wrapper.settings_dict, "OPTIONS": options}
        self._wrapper = wrapper
        digest = blake2b(name.encode(), digest_size=8).digest()
        self._key = int.from_bytes(digest, "big", signed=True)
        self._connection: Any = None

    def held(self) -> bool | None:
        """Tell whether this process has the lock; None: behind a pooler nobody can hold one."""
        if self._connection is not None:
            try:
                self._answer("SELECT 1")
            except Exception:  # the server restarted, or the line broke: the lock went with it
                self.release()
            else:
                return True
        held: bool | None = False
        try:
            held = self._take()
        finally:
            if not held:
                self.release()
        return held

    def _take(self) -> bool | None:
        wrapper = self._wrapper
        self._connection = wrapper.get_new_connection(wrapper.get_connection_params())
        self._connection.autocommit = True
        # PgBouncer tells its clients a number of its own; its sessions belong to many of them.
        if self._answer("SELECT pg_backend_pid()") != self._connection.info.backend_pid:
            return None
        if not self._answer("SELECT pg_try_advisory_lock(%s)", self._key):
            return False
        self._answer(_NOTICE)
        return True

    def _answer(self, sql: str, *parameters: Any) -> Any:
        with _answering(self._connection), self._connection.cursor() as cursor:
            cursor.execute(sql, parameters)
            return cursor.fetchone()[0]

    def release(self) -> None:
        """Close the connection, which frees the lock."""
        connection, self._connection = self._connection, None
        if connection is not None:
            with suppress(Exception):
                connection.close()

    def forget(self) -> None:
        """Close a forked child's copy: its parent's end must end the session.

        Closing says goodbye to the server, which would end the parent's session: it goes nowhere.
        """
        if self._connection is not None:
            with open(os.devnull, "r+b") as nowhere:
                os.dup2(nowhere.fileno(), self._connection.fileno())
            self.release()


@contextmanager
def _answering(connection: Any) -> Iterator[None]:
    """Cut the line where the server keeps silent for too long: the driver then stops waiting."""
    line = socket.socket(fileno=connection.fileno())
    timer = threading.Timer(PATIENCE, _cut, (line,))
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
        line.detach()  # it stays the driver's to close


def _cut(line: socket.socket) -> None:
    with suppress(OSError):
        line.shutdown(socket.SHUT_RDWR)
