"""Rendered files are written, judged and taken away; what a person put beside them stays."""

from pathlib import Path

import pytest

from labotel.render.folder import LIST, NotOurs, lagging, write


def test_what_is_made_no_more_goes_and_what_is_a_persons_stays(tmp_path: Path) -> None:
    """After a rename the old file would be loaded beside the new one."""
    write(tmp_path, {"rules/a.yml": "1", "rules/b.yml": "2"})
    (tmp_path / "rules" / "own.yml").write_text("mine")
    write(tmp_path, {"rules/b.yml": "3"})
    found = {p.relative_to(tmp_path).as_posix() for p in tmp_path.rglob("*") if p.is_file()}
    assert found == {"rules/b.yml", "rules/own.yml", LIST}
    assert (tmp_path / "rules" / "b.yml").read_text() == "3"


def test_what_lags_is_named(tmp_path: Path) -> None:
    """Each file with why; nothing is written."""
    made = {"a.yml": "1", "b.yml": "2", "c.yml": "3"}
    write(tmp_path, made)
    assert lagging(tmp_path, made) == []
    (tmp_path / "a.yml").write_text("edited")
    (tmp_path / "b.yml").unlink()
    del made["c.yml"]
    assert lagging(tmp_path, made) == [
        "c.yml is made no more", "a.yml differs", "b.yml is missing", f"{LIST} differs",
    ]  # fmt: skip
    assert (tmp_path / "a.yml").read_text() == "edited"


def test_a_list_that_was_tampered_with_reaches_nothing_outside(tmp_path: Path) -> None:
    """Nothing above the folder goes, whatever the list says."""
    outside = tmp_path / "outside.yml"
    outside.write_text("mine")
    folder = tmp_path / "out"
    write(folder, {"a.yml": "1"})
    (folder / LIST).write_text(f"../outside.yml\n{outside}\na.yml\n")
    write(folder, {"b.yml": "1"})
    assert outside.exists() and not (folder / "a.yml").exists()


def test_a_persons_file_is_not_written_over(tmp_path: Path) -> None:
    """Nothing is written then."""
    (tmp_path / "http.md").write_text("my own notes")
    with pytest.raises(NotOurs, match=r"http\.md stands there"):
        write(tmp_path, {"a.md": "1", "http.md": "2"})
    assert (tmp_path / "http.md").read_text() == "my own notes"
    assert not (tmp_path / "a.md").exists()


def test_files_of_any_bytes_may_stand_there(tmp_path: Path) -> None:
    """Where a text is awaited, and where the list is."""
    (tmp_path / "a.md").write_bytes(b"\xff\x00")
    with pytest.raises(NotOurs, match=r"a\.md stands there"):
        write(tmp_path, {"a.md": "1"})
    (tmp_path / LIST).write_bytes(b"\xff\n\x00x\na.md\n")
    assert lagging(tmp_path, {"a.md": "1"})[-2:] == ["a.md differs", f"{LIST} differs"]
    write(tmp_path, {"a.md": "1"})
    assert lagging(tmp_path, {"a.md": "1"}) == []
