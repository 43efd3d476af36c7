"""What a command line is called: the program's name, never its path or an argument of its.

Of git and DataLad the command that they were given, where it is one of their own.
"""

import os
import re
from collections.abc import Iterator
from itertools import islice
from typing import Any, Final, NamedTuple

from labotel.events.fields import OTHER_LABEL

SHELL: Final = "sh"
_NAME: Final = re.compile(r"[A-Za-z0-9_][\w.+-]{0,39}", re.ASCII)
_SEEN: Final = 50
"""So many words of a command line are looked at."""


class _Tool(NamedTuple):
    valued: frozenset[str]
    """Options before the command that take the next word as their value."""
    commands: frozenset[str]


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_TOOLS: Final = {
    "git": _Tool(
        _words("-C -c --git-dir --work-tree --namespace --super-prefix --config-env --attr-source"),
        _words(
            "add am annex annotate apply archive bisect blame branch bundle cat-file"
            " check-attr check-ignore check-ref-format checkout cherry cherry-pick clean clone"
            " commit commit-graph commit-tree config count-objects credential describe diff"
            " diff-files diff-index diff-tree fast-export fast-import fetch for-each-ref"
            " format-patch fsck gc grep hash-object index-pack init lfs log ls-files ls-remote"
            " ls-tree maintenance merge merge-base merge-file merge-tree mktag mktree mv name-rev"
            " notes pack-objects pack-refs prune pull push range-diff read-tree rebase"
            " receive-pack reflog remote repack replace reset restore rev-list rev-parse revert"
            " rm send-pack shortlog show show-ref sparse-checkout stash status stripspace"
            " submodule switch symbolic-ref tag unpack-objects update-index update-ref"
            " upload-archive upload-pack var verify-commit verify-pack verify-tag version"
            " worktree write-tree"
        ),
    ),
    "datalad": _Tool(
        _words(
            "-C --chpath -c -l --log-level -f --output-format --report-status --report-type"
            " --on-failure --cmd"
        ),
        _words(
            "add-archive-content add-readme addurls aggregate-metadata check-dates clean clone"
            " configuration containers-add containers-list containers-remove containers-run"
            " copy-file create create-sibling create-sibling-gin create-sibling-gitea"
            " create-sibling-github create-sibling-gitlab create-sibling-gogs"
            " create-sibling-ria create-test-dataset diff download-url drop export-archive"
            " export-archive-ora export-to-figshare extract-metadata foreach-dataset get install"
            " meta-add meta-dump meta-extract no-annex push remove rerun run run-procedure save"
            " search shell-completion siblings sshrun status subdatasets uninstall unlock update"
            " wtf"
        ),
    ),
}


def command_name(args: Any, executable: Any = None, shell: Any = False) -> str:
    """Return the name of what `Popen` was given: bounded, without paths and arguments."""
    if shell:
        return SHELL
    words = args if isinstance(args, (list, tuple)) else [args]
    program = executable if executable is not None else next(iter(words), "")
    if not isinstance(program, (str, bytes, os.PathLike)):
        return OTHER_LABEL  # an iterator, say, which is Popen's to read; or what Popen refuses
    name = os.path.basename(_text(program))
    if _NAME.fullmatch(name) is None:
        return OTHER_LABEL
    tool = _TOOLS.get(name)
    if tool is None:
        return name
    command = _command(tool, map(_text, islice(words, 1, _SEEN)))
    return name if command is None else f"{name} {command}"


def _command(tool: _Tool, words: Iterator[str]) -> str | None:
    """Return the first word that is neither an option nor an option's value, where it is known."""
    for word in words:
        if word in tool.valued:
            next(words, None)
        elif not word.startswith("-"):
            return word if word in tool.commands else OTHER_LABEL
    return None


def _text(word: Any) -> str:
    return os.fsdecode(word) if isinstance(word, (str, bytes, os.PathLike)) else ""
