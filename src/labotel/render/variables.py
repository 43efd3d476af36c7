"""A person's own dashboards: their variables, filled in with what could stand there.

What a variable of Grafana's holds is not known here; where it stands says what it may be: a window,
a value, a label, a number, a metric, a function (Grafana's documentation, "Variable syntax").
"""

import re
from collections.abc import Collection, Sequence
from itertools import product
from typing import Final

from labotel.render.words import LISTS, Word, words

LABEL: Final = "labotel_variable"
"""The label that a variable stands for."""
_VARIABLE: Final = re.compile(
    r"\$\{([A-Za-z_]\w*)[^{}]*\}|\[\[([A-Za-z_]\w*)(?::\w+)?\]\]|\$([A-Za-z_]\w*)"
)
_MARK: Final = "labotelFilledIn{}_"
_MARKS: Final = re.compile(r"labotelFilledIn\d+_")
_MOST: Final = 6
"""So many variables are tried each as a number and as a metric; of more, all alike."""
_OPERATORS: Final = ("=", "!=", "=~", "!~")


def ways(expression: str) -> list[str]:
    """Return an expression with its variables filled in, in each way that could be meant.

    One without variables is itself, alone.
    """
    marks: dict[str, str] = {}

    def mark(match: re.Match[str]) -> str:
        name = match[1] or match[2] or match[3]
        return marks.setdefault(name, _MARK.format(len(marks)))

    marked = _VARIABLE.sub(mark, expression)
    if not marks:
        return [expression]
    found = list(words(marked))
    one_by_one = len(marks) <= _MOST
    choices = product((True, False), repeat=len(marks) if one_by_one else 1)
    made = []
    for choice in choices:
        each = choice if one_by_one else choice * len(marks)
        numbers = [mark for mark, chosen in zip(marks.values(), each, strict=True) if chosen]
        made += ["".join(_Filler(found, numbers, name).text()) for name in ("sum", "rate")]
    return list(dict.fromkeys(made))


class _Filler:
    """Fills in words; some of the variables are `numbers`, one that is called is this function."""

    def __init__(self, found: Sequence[Word], numbers: Collection[str], function: str) -> None:
        self._found = found
        self._numbers = numbers
        self._function = function
        self._closing = ""
        """What ends the window, the matchers or the list that is open."""
        self._before = ""
        self._operator = ""
        """The matcher's, where its value is awaited."""

    def text(self) -> list[str]:
        """Return the words, filled in."""
        made: list[str] = []
        for i, word in enumerate(self._found):
            if word.kind == "space":
                made.append(word.text)
                continue
            after = next((w.text for w in self._found[i + 1 :] if w.kind != "space"), "")
            text = self._filled(word, after) if _MARKS.search(word.text) else word.text
            if self._closing == "}" and word.text in _OPERATORS:
                self._operator = word.text
                text = "" if _matcher_varies(self._found[i + 1 :]) else word.text
            made.append(text)
            self._follow(word)
        return made

    def _follow(self, word: Word) -> None:
        """Take note of what a word opens or ends."""
        text = word.text
        if self._closing:
            self._closing = "" if text == self._closing else self._closing
        elif text in "[{":
            self._closing = "]" if text == "[" else "}"
        elif text == "(" and self._before in LISTS:
            self._closing = ")"
        self._before = text.lower()

    def _filled(self, word: Word, after: str) -> str:
        if self._closing == "]" or self._before == "offset":
            return "5m"
        if self._before == "@":
            return "0"
        if self._closing == "}":
            return self._matched(word, after)
        if word.kind == "string":
            return _MARKS.sub("x", word.text)
        if self._closing == ")":
            return LABEL
        if not _MARKS.fullmatch(word.text) or after in ("{", "["):
            return word.text  # a metric, of which nothing is known
        if after == "(" or after.lower() in ("by", "without"):
            return self._function
        return "1" if word.text in self._numbers else word.text

    def _matched(self, word: Word, after: str) -> str:
        """Return what stands in braces: the value, the label, or all matchers."""
        if word.kind != "string":
            return LABEL if after in _OPERATORS else f'{LABEL}=~".*"'
        if self._operator.startswith("!"):
            return '=~".*"'
        text = word.text[1:-1]
        if self._operator == "=":
            text = re.sub(r"[^\w\s-]", ".", text)  # any sign that the rest of it may have
        pattern = _MARKS.sub(".*", text)
        return f"=~{word.text[0]}{pattern}{word.text[0]}"


def _matcher_varies(rest: Sequence[Word]) -> bool:
    """Tell whether a variable stands in the value that follows."""
    value = next((word for word in rest if word.kind != "space"), Word("space", ""))
    return value.kind == "string" and bool(_MARKS.search(value.text))
