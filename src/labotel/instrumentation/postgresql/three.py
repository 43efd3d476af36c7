"""psycopg 3, and psycopg_pool: a connection that nobody above makes has observed cursors."""

from collections.abc import Callable
from functools import wraps
from inspect import iscoroutinefunction
from typing import Any

from labotel.instrumentation.connecting import above, failed
from labotel.instrumentation.postgresql.cursors import NAME, Cursors
from labotel.instrumentation.statements import Statements


class PsycopgObserver:
    """Observes the connections that are made from now on; `connect` and `disconnect` it."""

    def __init__(self, statements: Statements) -> None:
        self._statements = statements
        self._cursors = Cursors(statements)
        self._wrapped: list[tuple[Any, Any, Any]] = []
        self._module: Any = None
        self._original: Any = None

    def connect(self, psycopg: Any) -> None:
        """Observe `psycopg`."""
        if self._wrapped:
            return
        self._module, self._original = psycopg, psycopg.connect
        for kind in (psycopg.Connection, psycopg.AsyncConnection):
            original = kind.__dict__["connect"]
            made = classmethod(self._around(original.__func__))
            kind.connect = made
            self._wrapped.append((kind, original, made))
        psycopg.connect = self._made = psycopg.Connection.connect
        self._cursors.connected = True

    def disconnect(self) -> None:
        """Observe nothing any more, on connections that are open either."""
        self._cursors.connected = False
        while self._wrapped:
            kind, original, made = self._wrapped.pop()
            if kind.__dict__["connect"] is made:
                kind.connect = original
        if self._module is not None and self._module.connect is self._made:
            self._module.connect = self._original
        self._module = None

    def _around(self, original: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(original)
        def connect(cls: Any, *args: Any, **kwargs: Any) -> Any:
            if not self._is_alone(kwargs):
                return original(cls, *args, **kwargs)
            try:
                return self._observed(original(cls, *args, **kwargs))
            except Exception as error:
                failed(NAME, error)
                raise

        @wraps(original)
        async def connect_async(cls: Any, *args: Any, **kwargs: Any) -> Any:
            if not self._is_alone(kwargs):
                return await original(cls, *args, **kwargs)
            try:
                return self._observed(await original(cls, *args, **kwargs))
            except Exception as error:
                failed(NAME, error)
                raise

        return connect_async if iscoroutinefunction(original) else connect

    def _is_alone(self, given: dict[str, Any]) -> bool:
        """Tell whether nobody above observes: Django's pool connects in threads of its own."""
        of = str(getattr(given.get("cursor_factory"), "__module__", ""))
        return not (above.get() or of.startswith("django.") or self._statements.is_own_thread())

    def _observed(self, connection: Any) -> Any:
        try:
            connection.cursor_factory = self._cursors.of(connection.cursor_factory)
            connection.server_cursor_factory = self._cursors.of(connection.server_cursor_factory)
        except Exception as error:
            self._statements.fault("connection", error)
        return connection
