"""Files that labotel brings and people may change, as Debian's packages have them.

`SHIPPED` in their folder remembers what each was when it was written. An update writes over what is
still so; beside what somebody changed it lays the new one, as `NAME.new`.
"""

import hashlib
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from labotel.render.folder import within

LIST: Final = "SHIPPED"


class Foreign(ValueError):
    """A file of somebody else's stands where one would be written."""


@dataclass(frozen=True)
class Kept:
    """A file that somebody changed, and where the new one stands."""

    path: str
    new: str


def write(folder: Path, files: Mapping[str, bytes]) -> list[Kept]:
    """Write the files (path -> content); return those that stay as people made them.

    What an earlier version brought and this one does not is removed, unless it was changed. A
    folder without the list was never written to: another file at one of these paths raises
    `Foreign`, for it is not one of ours that was changed.
    """
    before = dict(_before(folder))
    if not (folder / LIST).exists():
        for path, content in files.items():
            if _is_changed(folder / path, None, content):
                raise Foreign(f"{folder / path} is not labotel's: move it, or give another folder")
    kept: list[Kept] = []
    for path, content in files.items():
        place = folder / path
        place.parent.mkdir(parents=True, exist_ok=True)
        if _is_changed(place, before.get(path), content):
            kept.append(Kept(path, f"{path}.new"))
            place = folder / f"{path}.new"
        else:
            (folder / f"{path}.new").unlink(missing_ok=True)
        _replace(place, content)
    for path in before.keys() - files.keys():
        if (folder / path).is_file() and not _is_changed(folder / path, before[path], b""):
            (folder / path).unlink()
    lines = "".join(f"{_digest(content)}  {path}\n" for path, content in sorted(files.items()))
    _replace(folder / LIST, lines.encode())
    return kept


def _replace(place: Path, content: bytes) -> None:
    """Write a file whole or not at all: half a file would look like one that somebody changed."""
    mode = 0o755 if content.startswith(b"#!") else 0o644
    if not place.is_file() or place.read_bytes() != content:
        part = place.with_name(f"{place.name}.part")
        part.unlink(missing_ok=True)
        part.write_bytes(content)
        part.chmod(mode)
        os.replace(part, place)
    else:
        place.chmod(mode)


def _is_changed(place: Path, shipped: str | None, content: bytes) -> bool:
    if not place.is_file():
        return False
    present = place.read_bytes()
    return present != content and _digest(present) != shipped


def _before(folder: Path) -> Iterator[tuple[str, str]]:
    try:
        lines = (folder / LIST).read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        return
    for line in lines:
        digest, _, path = line.partition("  ")
        if within(folder, path):
            yield path, digest


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
