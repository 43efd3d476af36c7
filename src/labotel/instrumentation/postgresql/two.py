"""psycopg2: a connection that nobody above makes is of a class that gives observed cursors."""

from functools import wraps
from typing import Any

from labotel.instrumentation.connecting import above, failed
from labotel.instrumentation.postgresql.cursors import NAME, Cursors
from labotel.instrumentation.statements import Statements


class Psycopg2Observer:
    """Observes the connections that are made from now on; `connect` and `disconnect` it."""

    def __init__(self, statements: Statements) -> None:
        self._statements = statements
        self._cursors = Cursors(statements)
        self._connections: dict[type, type] = {}
        self._module: Any = None
        self._original: Any = None
        self._made: Any = None

    def connect(self, psycopg2: Any) -> None:
        """Observe `psycopg2`."""
        if self._module is not None:
            return
        self._module, self._original = psycopg2, psycopg2.connect
        psycopg2.connect = self._made = self._around(psycopg2.connect, psycopg2.extensions)
        self._cursors.connected = True

    def disconnect(self) -> None:
        """Observe nothing any more, on connections that are open either."""
        self._cursors.connected = False
        if self._module is not None and self._module.connect is self._made:
            self._module.connect = self._original
        self._module = None

    def _around(self, original: Any, extensions: Any) -> Any:
        @wraps(original)
        def connect(
            dsn: Any = None, connection_factory: Any = None, cursor_factory: Any = None, **more: Any
        ) -> Any:
            alone = not (above.get() or self._statements.is_own_thread())
            kind = connection_factory or extensions.connection
            if alone and isinstance(kind, type):
                connection_factory = self._kind(kind, extensions)
            try:
                return original(dsn, connection_factory, cursor_factory, **more)
            except Exception as error:
                if alone:
                    failed(NAME, error)
                raise

        return connect

    def _kind(self, kind: Any, extensions: Any) -> type:
        """Return a class below one of connections, whose cursors are observed."""
        made = self._connections.get(kind)
        if made is None:
            cursors, base = self._cursors, extensions.connection
            plain = kind.cursor is base.cursor

            def cursor(connection: Any, *args: Any, **given: Any) -> Any:
                asked = given.get("cursor_factory") or (args[1] if len(args) > 1 else None)
                if asked is None and plain:
                    asked = connection.cursor_factory or extensions.cursor
                elif asked is None:
                    # The class chooses by itself. A cursor costs nothing before it executes.
                    first = kind.cursor(connection, *args, **given)
                    asked = type(first)
                observed = cursors.of(asked)
                if len(args) > 1:
                    return kind.cursor(connection, args[0], observed, *args[2:], **given)
                return kind.cursor(connection, *args, **{**given, "cursor_factory": observed})

            told = {"__module__": kind.__module__, "__qualname__": kind.__qualname__}
            made = type(kind.__name__, (kind,), {"cursor": cursor, **told})
            self._connections[kind] = made
        return made
