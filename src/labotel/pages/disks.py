"""Checks of folders: there, readable, writable, and with room left."""

import os
import shutil
from collections.abc import Iterable, Mapping
from functools import partial
from typing import Any, Final

from labotel.pages.health import Check, Finding

READ_ONLY: Final = ":ro"
"""Behind a path: nobody writes there."""


def checks(settings: Mapping[str, Any]) -> Iterable[Check]:
    """Give one check of all the folders that the setting `health_disks` names, else of the root."""
    yield Check("disk", partial(_disks, settings))


def _disks(settings: Mapping[str, Any]) -> Finding:
    paths = settings["health_disks"] or (f"/{READ_ONLY}",)
    levels = (settings["health_disk_warning"], settings["health_disk_unhealthy"])
    found = [disk(path, *levels) for path in paths]
    for status in ("unhealthy", "warning"):
        bad = [f"{one.detail}" for one in found if one.status == status]
        if bad:
            return Finding(status, "; ".join(bad))
    return Finding("healthy", "; ".join(one.detail for one in found))


def disk(given: str, warning: float, unhealthy: float) -> Finding:
    """Judge one folder; `warning` and `unhealthy` are the least free shares, in percent."""
    path = given.removesuffix(READ_ONLY)
    try:
        os.stat(path)
        os.listdir(path)
        usage = shutil.disk_usage(path)
    except FileNotFoundError:
        return Finding("unhealthy", f"{path}: not_found")
    except PermissionError:
        return Finding("unhealthy", f"{path}: permission_error (not readable)")
    except NotADirectoryError:
        return Finding("unhealthy", f"{path}: no folder")
    except OSError as error:
        return Finding("unhealthy", f"{path}: {error.strerror or type(error).__name__}")
    if given == path and not os.access(path, os.W_OK):
        return Finding("unhealthy", f"{path}: permission_error (not writable)")
    free = 100 * usage.free / usage.total if usage.total else 100.0
    text = f"{path}: {free:.1f} % free"
    if free < unhealthy:
        return Finding("unhealthy", text)
    return Finding("warning" if free < warning else "healthy", text)
