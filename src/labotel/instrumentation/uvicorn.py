"""uvicorn's end: it gives SIGTERM its default back and raises it again, so no atexit runs.

Where labotel is configured while a server runs, as in each of its workers, the signal is uvicorn's
by then; so what waits is sent when a server has answered its last request.
"""

from collections.abc import Callable
from contextlib import suppress
from typing import Any


class ServerObserver:
    """Observes the ends of uvicorn's servers; `connect` and `disconnect` it."""

    def __init__(self, flush: Callable[[], object]) -> None:
        self._flush = flush
        self._server: Any = None
        self._original: Any = None

    def connect(self, module: Any) -> None:
        """Wrap `Server.shutdown` of `uvicorn.server`, which the application imported."""
        if self._server is not None:
            return
        from asyncio import to_thread  # uvicorn has it by now; labotel alone does without

        self._server, self._original = module.Server, module.Server.shutdown
        original, flush = self._original, self._flush

        async def shutdown(this: Any, *given: Any, **keywords: Any) -> Any:
            try:
                return await original(this, *given, **keywords)
            finally:
                with suppress(Exception):
                    await to_thread(flush)

        self._server.shutdown = shutdown

    def disconnect(self) -> None:
        """Give the server its own method back."""
        if self._server is not None:
            self._server.shutdown = self._original
            self._server = None
