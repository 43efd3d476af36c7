"""What runs: the service's version and environment, as a gauge that is always 1."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from labotel.catalogs.http import APP_INFO
from labotel.instrumentation.supplies import Supplies

UNKNOWN: Final = "unknown"


class AppInfo:
    """Supplies `app_info`; `connect` and `disconnect` it."""

    def __init__(self, attributes: Callable[[], Mapping[str, Any]]) -> None:
        """`attributes` gives the resource's, as they are in force."""
        self._attributes = attributes
        self._supplies = Supplies()

    def connect(self) -> None:
        """Supply it from now on."""
        self._supplies.give(APP_INFO, self._read)

    def disconnect(self) -> None:
        """Supply nothing any more."""
        self._supplies.take_back()

    def _read(self) -> list[tuple[str, str, int]]:
        said = self._attributes()
        version = str(said.get("service.version") or UNKNOWN)
        return [(version, str(said.get("deployment.environment.name") or UNKNOWN), 1)]
