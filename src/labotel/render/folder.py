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

    What else stands in the folder is a person's own.
    """
    before = _before(folder)
    for path, text in made.items():
        place = folder / path
        if path not in before and place.exists() and place.read_text(encoding="utf-8") != text:
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
    """Return what a writing would change, a line each."""
    lines = [f"{path} is made no more" for path in sorted(_before(folder) - made.keys())]
    for path, text in _with_list(made).items():
        try:
            if (folder / path).read_text(encoding="utf-8") != text:
                lines.append(f"{path} differs")
        except FileNotFoundError:
            lines.append(f"{path} is missing")
    return lines


def _before(folder: Path) -> set[str]:
    try:
        listed = (folder / LIST).read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        return set()
    # The list is a file that anybody may have written: nothing outside the folder goes by it.
    inside = folder.resolve()
    return {path for path in listed if path and (folder / path).resolve().is_relative_to(inside)}


def _with_list(made: Mapping[str, str]) -> dict[str, str]:
    return {**made, LIST: "".join(f"{path}\n" for path in sorted(made))}
