"""Whether the disks have room for a cold build: asked before it, not found out after half of it."""

import os
import shutil
from pathlib import Path
from typing import Final

from engines import cache
from engines.failure import EngineFailure
from engines.go import Go

GB: Final = 1_000_000_000
_NEEDED: Final = {"modules": 5.5, "objects": 6.0, "programs": 1.0}
"""In GB, for all engines: what was measured (README.md) and a tenth more; for some, a share."""


def check(go: Go, share: float) -> None:
    """Refuse to begin where a disk has too little room for this share of the engines."""
    for folders in _by_disk(go).values():
        needed = sum(_NEEDED[kind] for kind in folders) * share * GB
        free = _free(next(iter(folders.values())))
        # Asked only where it decides, as it takes seconds.
        if free < needed and free < needed - _held(folders):
            where = " and ".join(str(folder) for folder in folders.values())
            raise EngineFailure(
                f"Too little space: {where} need about {needed / GB:.1f} GB together, and "
                f"{free / GB:.1f} GB are free. Make room, or move them: GOMODCACHE, GOCACHE and "
                "XDG_CACHE_HOME say where they are."
            )


def told(go: Go) -> str:
    """Say how much is free where a build writes."""
    folders = (go.modules, go.objects, cache.root())
    return ", ".join(f"{folder} has {_free(folder) / GB:.1f} GB free" for folder in folders)


def size(folder: Path) -> int:
    """Return the bytes of all files below a folder."""
    total = 0
    for place, _, files in os.walk(folder):
        for file in files:
            try:
                total += os.lstat(os.path.join(place, file)).st_size
            except OSError:
                pass  # another Go may be tidying up there
    return total


def _by_disk(go: Go) -> dict[int, dict[str, Path]]:
    """Return the folders that a build fills, those of one disk together."""
    disks: dict[int, dict[str, Path]] = {}
    folders = {"modules": go.modules, "objects": go.objects, "programs": cache.root()}
    for kind, folder in folders.items():
        disks.setdefault(_existing(folder).stat().st_dev, {})[kind] = folder
    return disks


def _held(folders: dict[str, Path]) -> int:
    """Return what Go's caches have already; as far as it is these engines', it need not come."""
    return sum(size(folder) for kind, folder in folders.items() if kind != "programs")


def _free(folder: Path) -> int:
    return shutil.disk_usage(_existing(folder)).free


def _existing(folder: Path) -> Path:
    """Return the folder, or the nearest one above it that is there."""
    return next(place for place in (folder, *folder.parents) if place.exists())
