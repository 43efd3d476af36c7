"""httpx: each request that a transport sends over the network, in a client of either kind."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from opentelemetry.trace import Tracer

from labotel.instrumentation.clients.calls import Call, Calls
from labotel.instrumentation.wrapping import Wrapping


class HttpxObserver:
    """Observes httpx's own transports; `connect` and `disconnect` it."""

    def __init__(
        self,
        tracer: Tracer,
        is_own_thread: Callable[[], bool],
        fault: Callable[[str, BaseException], None],
    ) -> None:
        self._calls = Calls(tracer, is_own_thread, fault, "httpx", "HTTPXClientInstrumentor")
        self._wrappings = (
            Wrapping("HTTPTransport", "handle_request", self._around),
            Wrapping("AsyncHTTPTransport", "handle_async_request", self._around_async),
        )

    def connect(self, httpx: Any) -> None:
        """Observe the transports of `httpx`, and their subclasses."""
        self._calls.connect()
        for wrapping in self._wrappings:
            wrapping.connect(httpx)

    def disconnect(self) -> None:
        """Give the classes their own methods back."""
        self._calls.disconnect()
        for wrapping in self._wrappings:
            wrapping.disconnect()

    def _begin(self, request: Any) -> Call | None:
        return self._calls.begin(request.method, str(request.url), request.headers)

    def _around(self, original: Callable[..., Any]) -> Callable[..., Any]:
        end = self._calls.end

        @wraps(original)
        def handle_request(transport: Any, request: Any) -> Any:
            call = self._begin(request)
            if call is None:
                return original(transport, request)
            try:
                answer = original(transport, request)
            except BaseException as error:
                end(call, None, error)
                raise
            end(call, answer.status_code)
            return answer

        return handle_request

    def _around_async(self, original: Callable[..., Any]) -> Callable[..., Any]:
        end = self._calls.end

        @wraps(original)
        async def handle_async_request(transport: Any, request: Any) -> Any:
            call = self._begin(request)
            if call is None:
                return await original(transport, request)
            try:
                answer = await original(transport, request)
            except BaseException as error:
                end(call, None, error)
                raise
            end(call, answer.status_code)
            return answer

        return handle_async_request
