"""The folder of rendered files: what was made before and no more is goes, and nothing else."""

from collections.abc import Mapping
from pathlib import Path
from typing import Final

LIST: Final = "RENDERED"
"""The file that names what was made here."""


class NotOurs(ValueError):
    """A file of somebody else's stands where one would be written."""


def write(folder: Path, made: Mapping[str, str]) -> None:
    """Write the files (path -> text), and remove what the last writing made and this one does not.

    What else stands in the folder is a person's own: NotOurs where it is in the way. OSError where
    the folder cannot be written.
    """
    before = _before(folder)
    for path, text in made.items():
        place = folder / path
        if path not in before and place.exists() and place.read_bytes() != text.encode():
            raise NotOurs(
                f"{place} stands there, and no rendering made it: move it, or give another folder"
            )
    for path, text in _with_list(made).items():
        place = folder / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text, encoding="utf-8")
    for gone in sorted(before - made.keys()):
        (folder / gone).unlink(missing_ok=True)


def lost(folder: Path, made: Mapping[str, str]) -> list[str]:
    """Return the files (paths) that a writing would remove."""
    return sorted(_before(folder) - {*made, LIST})


def lagging(folder: Path, made: Mapping[str, str]) -> list[str]:
    """Return what a writing would change, a line each; OSError where it cannot be read."""
    lines = [f"{path} is made no more" for path in sorted(_before(folder) - made.keys())]
    for path, text in _with_list(made).items():
        try:
            if (folder / path).read_bytes() != text.encode():
                lines.append(f"{path} differs")
        except FileNotFoundError:
            lines.append(f"{path} is missing")
    return lines


def _before(folder: Path) -> set[str]:
    try:
        listed = (folder / LIST).read_text(encoding="utf-8", errors="replace").splitlines()
    except FileNotFoundError:
        return set()
    return {path for path in listed if within(folder, path)}


def within(folder: Path, path: str) -> bool:
    """Tell whether a list's path is of its folder: anybody may have written the list."""
    if not path or "\0" in path:
        return False
    return (folder / path).resolve().is_relative_to(folder.resolve())


def _with_list(made: Mapping[str, str]) -> dict[str, str]:
    return {**made, LIST: "".join(f"{path}\n" for path in sorted(made))}
