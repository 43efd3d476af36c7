"""Where files are kept: one folder for each kind of storage, below MEDIA_ROOT."""

from pathlib import Path

from django.conf import settings

from labotel.catalogs.lab.files import StorageType


def folder(storage: StorageType) -> Path:
    """Return a storage's folder, made where it is missing."""
    made = Path(settings.MEDIA_ROOT) / storage.value
    made.mkdir(parents=True, exist_ok=True)
    return made


def used(storage: StorageType) -> int:
    """Return the bytes of a storage's files; one that is gone meanwhile has none."""
    return sum(_size(file) for file in folder(storage).iterdir())


def _size(file: Path) -> int:
    try:
        return file.stat().st_size
    except FileNotFoundError:
        return 0
