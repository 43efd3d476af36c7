"""What a command line is called."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labotel.instrumentation.command_names import command_name


@pytest.mark.parametrize(
    ("args", "name"),
    [
        (["git", "commit", "-m", "canary"], "git commit"),
        (["/usr/bin/git", "-C", "/data/canary", "-c", "user.name=x", "--no-pager", "log"],
         "git log"),
        (["git", "--git-dir", "add", "status"], "git status"),
        (["git", "--git-dir=/data", "annex", "add"], "git annex"),
        (["git", "--version"], "git"),
        (["git", "canary-an-alias"], "git other"),
        (["datalad", "-l", "warning", "save", "-d", "/data"], "datalad save"),
        (["datalad", "-C", "/data/get", "create", "x"], "datalad create"),
        (("convert", "/data/canary.png"), "convert"),
        ("/opt/tools/pdf-to.text_2", "pdf-to.text_2"),
        (Path("/opt/tool"), "tool"),
        ([b"/opt/tool", b"x"], "tool"),
        (["/data/a canary name"], "other"),
        (["/data/" + "x" * 41], "other"),
        (["/data/"], "other"),
        ([], "other"),
        (iter(["git", "commit"]), "other"),
        (None, "other"),
        ([7], "other"),
        (["git", 7, "commit"], "git other"),
    ],
)  # fmt: skip
def test_a_command_is_a_program_and_of_known_ones_its_command(args: object, name: str) -> None:
    """No path, no option, no argument; a word that is no command of git's own is `other`."""
    assert command_name(args) == name


def test_a_shells_line_is_not_read() -> None:
    """What it runs may be anything."""
    assert command_name("PASSWORD=canary git commit", shell=True) == "sh"


def test_the_program_is_what_is_run() -> None:
    """`executable` is, whatever the first word says."""
    assert command_name(["login", "x"], executable="/bin/bash") == "bash"


@given(st.lists(st.one_of(st.text(), st.binary())), st.booleans())
def test_no_word_but_the_first_is_ever_said(words: list[str | bytes], shell: bool) -> None:
    """Whatever stands there: the name is the program's, or a known command."""
    for program in ("git", "datalad"):
        first, _, rest = command_name([program, *words], shell=shell).partition(" ")
        assert first in (program, "sh")
        assert (
            rest == ""
            or rest == "other"
            or rest in {w if isinstance(w, str) else w.decode("utf-8", "replace") for w in words}
        )
