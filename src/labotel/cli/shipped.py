"""Files that labotel brings and people may change, as Debian's packages have them.

`SHIPPED` in their folder remembers what each was when it was written. An update writes over what is
still so; beside what somebody changed it lays the new one, as `NAME.new`.
"""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

LIST: Final = "SHIPPED"


@dataclass(frozen=True)
class Kept:
    """A file that somebody changed, and where the new one stands."""

    path: str
    new: str


def write(folder: Path, files: Mapping[str, bytes]) -> list[Kept]:
    """Write the files (path -> content); return those that stay as people made them.

    What an earlier version brought and this one does not is removed, unless it was changed.
    """
    before = dict(_before(folder))
    kept: list[Kept] = []
    for path, content in files.items():
        place = folder / path
        place.parent.mkdir(parents=True, exist_ok=True)
        if _is_changed(place, before.get(path), content):
            kept.append(Kept(path, f"{path}.new"))
            place = folder / f"{path}.new"
        else:
            (folder / f"{path}.new").unlink(missing_ok=True)
        place.write_bytes(content)
        if content.startswith(b"#!"):
            place.chmod(0o755)
    for path in before.keys() - files.keys():
        if (folder / path).is_file() and not _is_changed(folder / path, before[path], b""):
            (folder / path).unlink()
    lines = "".join(f"{_digest(content)}  {path}\n" for path, content in sorted(files.items()))
    (folder / LIST).write_text(lines, encoding="utf-8")
    return kept


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
    inside = folder.resolve()  # the list is a file that anybody may have written
    for line in lines:
        digest, _, path = line.partition("  ")
        if path and (folder / path).resolve().is_relative_to(inside):
            yield path, digest


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
