"""uvicorn's end: it gives SIGTERM its default back and raises it again, so no atexit runs.

Where labotel is configured while a server runs, as in each of its workers, the signal is uvicorn's
by then; so what waits is sent when a server has answered its last request.
"""

from collections.abc import Callable
from contextlib import suppress
from typing import Any

from labotel.instrumentation.wrapping import Wrapping


def server_ends(flush: Callable[[], object]) -> Wrapping:
    """Return the wrapping of `uvicorn.server.Server.shutdown`, with a flush behind it."""

    def around(original: Callable[..., Any]) -> Callable[..., Any]:
        from asyncio import to_thread  # uvicorn has it by now; labotel alone does without

        async def shutdown(this: Any, *given: Any, **keywords: Any) -> Any:
            try:
                return await original(this, *given, **keywords)
            finally:
                with suppress(Exception):
                    await to_thread(flush)

        return shutdown

    return Wrapping("Server", "shutdown", around)
