"""Chosen paths, read by one process of the host: their disks, and whether they can be used."""

import os
import shutil
from collections.abc import Callable, Iterator, Mapping
from typing import Final

from labotel.catalogs.paths import PATH_ACCESSIBLE, PATH_USAGE
from labotel.instrumentation.supplies import Supplies

_EFFECTIVE: Final = os.access in os.supports_effective_ids


class PathObserver:
    """Supplies the gauges of chosen paths, by their names; `connect` and `disconnect` it."""

    def __init__(self, chosen: Callable[[], Mapping[str, str]]) -> None:
        self._chosen = chosen
        self._supplies = Supplies()

    def connect(self) -> None:
        """Supply them from now on."""
        self._supplies.give(PATH_USAGE, self._usage)
        self._supplies.give(PATH_ACCESSIBLE, self._accessible)

    def disconnect(self) -> None:
        """Supply nothing any more."""
        self._supplies.take_back()

    def _usage(self) -> Iterator[tuple[str, str, int]]:
        for name, path in self._chosen().items():
            try:
                usage = shutil.disk_usage(path)
            except OSError:  # `path_accessible` tells why
                continue
            yield name, "total", usage.total
            yield name, "used", usage.used
            yield name, "free", usage.free

    def _accessible(self) -> Iterator[tuple[str, str, int]]:
        for name, path in self._chosen().items():
            there = _exists(path)
            if there is not None:
                yield name, "exists", int(there)
            folder = os.X_OK if there and os.path.isdir(path) else 0
            yield name, "readable", int(_may(path, os.R_OK | folder))
            yield name, "writable", int(_may(path, os.W_OK | folder))


def _exists(path: str) -> bool | None:
    """Tell whether a path is there; None where this process may not even look."""
    try:
        os.stat(path)
    except (FileNotFoundError, NotADirectoryError):
        return False
    except OSError:
        return None
    return True


def _may(path: str, mode: int) -> bool:
    """Ask as the kernel will judge: a service that changed its user is asked as who it is now."""
    try:
        return os.access(path, mode, effective_ids=_EFFECTIVE)
    except OSError:
        return False
