"""Baggage goes to the hosts that the settings allow: where it is kept back, and which they are.

What an application or a stranger's request puts into OpenTelemetry's baggage would otherwise go
out with every instrumented call, to third parties too.
"""

from collections.abc import Callable, Iterable
from typing import Any, Final
from urllib.parse import urlsplit

from labotel.instrumentation.wrapping import Wrapping

Hosts = Callable[[], Iterable[str]]

HEADER: Final = "baggage"


class BaggageGuard:
    """Guards the global propagator, whoever sets it; `connect` and `disconnect` it."""

    def __init__(self, hosts: Hosts) -> None:
        self._hosts = hosts
        self._module: Any = None
        self._originals: tuple[Any, Any] = (None, None)

    def connect(self, propagate: Any) -> None:
        """Guard the propagator of `opentelemetry.propagate`: the present one, and later ones."""
        if self._module is not None:
            return
        from labotel.instrumentation.propagator import GuardedPropagator  # not before it is needed

        self._module = propagate
        self._originals = get, put = propagate.get_global_textmap, propagate.set_global_textmap
        hosts = self._hosts

        def set_global_textmap(http_text_format: Any) -> None:
            put(GuardedPropagator(http_text_format, hosts))

        def get_global_textmap() -> Any:
            # Who imported `set_global_textmap` before it was guarded sets one without a guard.
            if not isinstance(get(), GuardedPropagator):
                set_global_textmap(get())
            return get()

        propagate.set_global_textmap = set_global_textmap
        propagate.get_global_textmap = get_global_textmap
        get_global_textmap()

    def disconnect(self) -> None:
        """Give the propagator back."""
        if self._module is None:
            return
        module, self._module = self._module, None
        module.get_global_textmap, module.set_global_textmap = get, put = self._originals
        put(getattr(get(), "inner", get()))


def redirects(hosts: Hosts) -> Wrapping:
    """Return the wrapping of what requests asks at each redirect, `rebuild_auth`.

    requests takes the headers of the first call along, and the hop has no span of its own.
    """

    def around(original: Callable[..., Any]) -> Callable[..., Any]:
        def rebuild_auth(session: Any, prepared_request: Any, response: Any) -> Any:
            made = original(session, prepared_request, response)
            host = host_of(prepared_request.url or "")
            if host is None or not allowed(host, hosts()):
                take_out(prepared_request.headers)
            return made

        return rebuild_auth

    return Wrapping("SessionRedirectMixin", "rebuild_auth", around)


def allowed(host: str, hosts: Iterable[str]) -> bool:
    """Tell whether a host is one of these; `.example.org` stands for all below it."""
    host = host.lower().rstrip(".")
    for known in hosts:
        known = known.lower().rstrip(".")
        if host == known or (known.startswith(".") and host.endswith(known)):
            return True
    return False


def host_of(url: str) -> str | None:
    """Return the host of a URL; None where it has none, or where clients differ in reading it."""
    try:
        return None if "\\" in url else urlsplit(url).hostname
    except ValueError:
        return None


def take_out(headers: Any) -> None:
    """Take baggage out of headers that are a mapping."""
    if hasattr(headers, "keys"):
        headers.pop(HEADER, None)
