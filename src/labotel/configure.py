"""The public functions: `configure`, `flush`, `shutdown`; what they do is built in assembly.py.

`configure` starts no thread, takes no slot and opens no connection, so it may run in `migrate`, in
both processes of the autoreloader and in gunicorn's preloading master. The SDK is imported here,
on the caller's thread: an import under way during a fork would hang the child.
"""

import logging
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final, Literal, Protocol

from labotel.events.catalog import Catalog

if TYPE_CHECKING:
    from labotel.assembly import Assembly

logger = logging.getLogger("labotel")

Providers = tuple[Any, Any, Any]
LONGEST: Final = 1e6
"""The longest time, in s, that anything waits: a lock takes no longer one."""


class Director(Protocol):
    """Answers the functions below in this module's place: the test double does."""

    def configure(
        self, keywords: dict[str, Any], catalogs: Sequence[Catalog], providers: Providers
    ) -> None:
        """Judge the settings and the catalogues, and observe by them."""

    def flush(self, timeout: float) -> bool:
        """Answer `flush`."""

    def shutdown(self, timeout: float | None) -> bool:
        """Answer `shutdown`."""

    def present(self) -> "Assembly | None":
        """Answer `present`."""


_assembly: "Assembly | None" = None
_director: Director | None = None


def direct(by: Director | None) -> Director | None:
    """Let another answer from now on, None: this module; return who answered until now.

    What is configured here stays in force beneath.
    """
    global _director
    former, _director = _director, by
    return former


def configure(
    *,
    service_name: str | None = None,
    catalogs: Sequence[Catalog] = (),
    service_version: str | None = None,
    environment: str | None = None,
    resource_attributes: Mapping[str, str] | None = None,
    endpoint: str | None = None,
    headers: Mapping[str, str] | None = None,
    compression: Literal["none", "gzip", "deflate"] | None = None,
    timeout: float | None = None,
    certificate: str | None = None,
    client_certificate: str | None = None,
    client_key: str | None = None,
    metric_interval: float | None = None,
    instrument: Sequence[str] | None = None,
    strict: bool | None = None,
    log_level: int | str | None = None,
    runtime_dir: str | None = None,
    instance: str | None = None,
    pseudonym_key: str | None = None,
    shutdown_timeout: float | None = None,
    tracer_provider: Any = None,
    meter_provider: Any = None,
    logger_provider: Any = None,
    **others: Any,
) -> None:
    """Observe this process and those that it forks, and send what is seen by OTLP/HTTP.

    Call it once at start-up, in Django's settings or before the framework starts; calling it
    again is harmless. Every setting may also come from the environment (`LABOTEL_ENDPOINT`, the
    standard `OTEL_*`) or from Django's `LABOTEL` dictionary; docs/settings.md lists them all.
    Durations are in seconds. Wrong settings raise ConfigurationError, all at once, under `strict`
    (the default under pytest and Django's DEBUG); else each is a warning and its default is used.
    Providers that the application has set, or gives here, are joined and never replaced.
    """
    global _assembly
    keywords = {**_given(locals()), **others}
    if present() is not None:
        logger.debug("labotel.configure() was called before; this call changes nothing")
        return
    providers = (tracer_provider, meter_provider, logger_provider)
    if _director is not None:
        _director.configure(keywords, catalogs, providers)
        return
    from labotel.assembly import Assembly

    made = Assembly(keywords, catalogs, providers)
    made.connect()
    _assembly = made


def _given(arguments: Mapping[str, Any]) -> dict[str, Any]:
    apart = {"catalogs", "others", "tracer_provider", "meter_provider", "logger_provider"}
    return {k: v for k, v in arguments.items() if k not in apart and v is not None}


def flush(timeout: float = 5.0) -> bool:
    """Send everything said so far; False where that was not done within `timeout` seconds."""
    if _director is not None:
        return _director.flush(timeout)
    return _assembly is None or _assembly.runtime.flush(_seconds(timeout, 5.0))


def shutdown(timeout: float | None = None) -> bool:
    """Send everything, stop observing, and end; False where that took longer than `timeout`.

    `timeout` (seconds, for all signals together) is by default the setting `shutdown_timeout`.
    Runs by itself when a process ends.
    """
    global _assembly
    if _director is not None:
        return _director.shutdown(timeout)
    made, _assembly = _assembly, None
    if made is None:
        return True
    return made.shutdown(None if timeout is None else _seconds(timeout, 5.0))


def _seconds(value: Any, otherwise: float) -> float:
    """Return a time to wait; what is no number is told apart by nobody at a process's end."""
    if isinstance(value, bool) or not isinstance(value, (int, float)) or value != value:
        return otherwise
    return float(min(max(value, 0), LONGEST))


def present() -> "Assembly | None":
    """Return what `configure` built, or None before it and after `shutdown`."""
    return _assembly if _director is None else _director.present()
