"""requests: each request that its adapter sends, so each hop of a redirect is a call of its own."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from opentelemetry.trace import Tracer

from labotel.instrumentation.clients.calls import Calls
from labotel.instrumentation.wrapping import Wrapping


class RequestsObserver:
    """Observes `HTTPAdapter.send`; `connect` and `disconnect` it."""

    def __init__(
        self,
        tracer: Tracer,
        is_own_thread: Callable[[], bool],
        fault: Callable[[str, BaseException], None],
    ) -> None:
        self._calls = Calls(
            tracer, is_own_thread, fault, "requests", "RequestsInstrumentor", below="urllib3"
        )
        self._wrapping = Wrapping("HTTPAdapter", "send", self._around)

    def connect(self, adapters: Any) -> None:
        """Observe the adapters of `requests.adapters`, and their subclasses."""
        self._calls.connect()
        self._wrapping.connect(adapters)

    def disconnect(self) -> None:
        """Give the class its own method back."""
        self._calls.disconnect()
        self._wrapping.disconnect()

    def _around(self, original: Callable[..., Any]) -> Callable[..., Any]:
        calls = self._calls

        @wraps(original)
        def send(adapter: Any, request: Any, *args: Any, **kwargs: Any) -> Any:
            call = calls.begin(request.method, request.url, request.headers)
            if call is None:
                return original(adapter, request, *args, **kwargs)
            try:
                answer = original(adapter, request, *args, **kwargs)
            except BaseException as error:
                calls.end(call, None, error)
                raise
            calls.end(call, answer.status_code)
            return answer

        return send
