"""What Prometheus 3.16 takes and the parser does not know, and what it takes with a flag alone.

The parser follows another version: computed durations, extended ranges and numbers are put into
what it knows, after they are judged here. The list of what needs a flag is Prometheus's own
(``/api/v1/features`` of one that runs with compose/prometheus/flags): `tests/stack/test_promql.py`
compares them.
"""

from collections.abc import Callable, Sequence
from typing import Final, Literal

from labotel.render import durations
from labotel.render.words import LISTS, Problems, Word, bare

_EXPERIMENTAL: Final = "promql-experimental-functions"
_RANGE: Final = "in brackets and behind offset alone, as in [2 * step()]"
FLAGGED: Final = {
    "double_exponential_smoothing": "predict_linear, deriv",
    "end": "@ end()",
    "histogram_quantiles": "histogram_quantile, once for each",
    "info": "* on (job, instance) group_left (…) target_info",
    "integral": "sum_over_time",
    "limit_ratio": "topk",
    "limitk": "topk",
    "mad_over_time": "stddev_over_time",
    "max_of": "clamp_min; " + _RANGE,
    "min_of": "clamp_max; " + _RANGE,
    "range": _RANGE,
    "sort_by_label": "sort",
    "sort_by_label_desc": "sort_desc",
    "start": "@ start()",
    "start_timestamp": "timestamp",
    "step": _RANGE,
    "ts_of_first_over_time": "first_over_time",
    "ts_of_last_over_time": "timestamp",
    "ts_of_max_over_time": "max_over_time",
    "ts_of_min_over_time": "min_over_time",
}
"""A function or an aggregation that needs a flag -> what does without."""
_INFIX: Final = ("and", "or", "unless", "atan2", "bool", "offset", *LISTS)
FILLS: Final = ("fill", "fill_left", "fill_right")
"""What stands for a series that has no match: another flag's."""
EXTENDED: Final = {
    "anchored": ("changes", "delta", "increase", "rate", "resets"),
    "smoothed": ("delta", "increase", "rate"),
}
"""A modifier of a range -> the functions that take it ("Extended range selectors")."""


def plain(expression: str) -> str:
    """Return an expression as the parser knows it; Problems where Prometheus takes it not at all.

    Comments go, durations are others, numbers are written another way; no labels change.
    """
    found = bare(expression)
    return _Writer(found).text()


class _Writer:
    """Writes words anew, one after another."""

    def __init__(self, found: Sequence[Word]) -> None:
        self._found = found
        self._at = 0
        self._problems: list[str] = []
        self._calls: list[str] = []
        """The name before each bracket that is open, "" where there is none."""
        self._operand: Literal["", "vector", "range", "subquery", "other"] = ""
        """What stands before the word, "" where an operator does."""
        self._modifiers: set[str] = set()
        """Those that the operand has already."""

    def text(self) -> str:
        made: list[str] = []
        while self._at < len(self._found):
            made.append(self._word())
        if self._problems:
            raise Problems([*dict.fromkeys(self._problems)])
        return " ".join(made)

    def _word(self) -> str:
        word = self._found[self._at]
        lower = word.text.lower()
        self._at += 1
        if self._operand and lower == "offset":
            seconds = self._read(durations.Reader.offset)
            if not abs(seconds or 0) <= durations.LONGEST:
                self._problems.append(f"an offset of {seconds:g} s; allowed: up to 292y")
            return "" if seconds == 0 else "offset 5m"
        if self._operand and word.text == "@":
            return f"@ {self._moment()}"
        if self._operand and lower in EXTENDED:
            self._extended(lower)
            return ""
        if word.text == "[":
            return self._range()
        if word.text == "{":
            return self._matchers()
        if word.text in ("</", ">/"):  # they bind as < and > do
            self._stands("")
            if self._peek().lower() == "bool":
                self._problems.append(f"{word} takes no bool")
            return word.text.strip("/")
        if word.kind == "number":
            self._stands("other")
            return repr(durations.number(word.text))
        if word.text == "(":
            before = self._found[self._at - 2] if self._at > 1 else word
            self._calls.append(before.text.lower() if before.kind == "name" else "")
            self._stands("")
        elif word.text == ")":
            begun = self._calls.pop() if self._calls else ""
            self._stands("" if begun in LISTS and begun not in ("by", "without") else "other")
        elif word.kind == "string":
            self._stands("other")
            return _quoted(word.text)
        elif word.kind == "name":
            return self._named(word.text)
        elif word.text == "+" and not self._operand:
            return "-"  # the parser forgets a sign that changes nothing
        else:
            self._stands("")
            if word.text == "." or word.text.isalpha():
                self._problems.append(
                    f"a name with {word.text!r} in it is experimental: "
                    f'{_flag("promql-unquoted-utf8-names")}; allowed: in quotes, as in {{"…"}}'
                )
        return word.text

    def _peek(self) -> str:
        return self._found[self._at].text if self._at < len(self._found) else ""

    def _stands(self, operand: Literal["", "vector", "range", "subquery", "other"]) -> None:
        self._operand = operand
        self._modifiers = set()

    def _named(self, text: str) -> str:
        """Judge a name: a metric, a function, a word of PromQL."""
        name, after = text.lower(), self._peek().lower()
        self._stands("" if name in _INFIX or after == "(" else "vector")
        if after in ("(", "by", "without") and name in FLAGGED:
            self._problems.append(
                f"{name} is experimental: {_flag('promql-experimental-functions')}; "
                f"allowed: {FLAGGED[name]}"
            )
        elif after == "(" and name in FILLS:
            self._problems.append(
                f"{name} is experimental: {_flag('promql-binop-fill-modifiers')}; allowed: or"
            )
        if name in EXTENDED:  # a name that the parser takes for a modifier
            if self._calls and self._calls[-1] in LISTS:
                return f'"{text}"'
            called = f'__name__="{text}",'
            if after != "{":
                return f"{{{called}}}"
            self._at += 1
            return self._matchers(called)
        return text

    def _read(self, how: Callable[[durations.Reader], float | None]) -> float | None:
        reader = durations.Reader(self._found, self._at)
        found = how(reader)
        self._at = reader.at
        return found

    def _moment(self) -> str:
        """Return what stands behind ``@``."""
        sign = ""
        while self._peek() in ("+", "-"):
            sign += self._peek()
            self._at += 1
        if self._at < len(self._found) and self._found[self._at].kind == "number":
            text = self._peek()
            value = durations.number(text)
            if abs(value) >= 2.0**63:
                self._problems.append(f"@ {sign}{text} is out of range")
            self._at += 1
            return f"{sign}{value!r}"
        if self._peek().lower() in ("start", "end"):
            name = self._peek()
            self._at += 1
            return name
        return sign

    def _matchers(self, called: str = "") -> str:
        """Return what stands in braces, behind a name: words there mean nothing else."""
        begun = self._at
        while self._at < len(self._found) and self._peek() != "}":
            self._at += 1
        inside = [_quoted(word.text) for word in self._found[begun : self._at]]
        closed = self._at < len(self._found)
        self._at += closed
        self._stands("vector")
        return " ".join(["{", called, *inside, "}" if closed else ""])

    def _range(self) -> str:
        """Return a range, or a subquery's: how long it is changes no labels."""
        self._duration()
        subquery = self._peek() == ":"
        if subquery:
            self._at += 1
            if self._peek() != "]":
                self._duration()
        if self._peek() != "]":
            raise Problems([f"{self._peek() or 'the end'!r} stands in a range; allowed: ']'"])
        self._at += 1
        self._stands("subquery" if subquery else "range")
        return "[5m:]" if subquery else "[5m]"

    def _duration(self) -> None:
        seconds = self._read(durations.Reader.whole)
        if seconds is not None and not 0 < seconds <= durations.LONGEST:
            self._problems.append(f"a range of {seconds:g} s; allowed: above 0, up to 292y")

    def _extended(self, modifier: str) -> None:
        """Judge ``anchored`` and ``smoothed``, which the parser does not know."""
        self._modifiers.add(modifier)
        function = next((name for name in reversed(self._calls) if name), "")
        if self._operand in ("subquery", "other"):
            self._problems.append(f"{modifier} stands behind a selector alone")
        elif len(self._modifiers) > 1:
            self._problems.append("anchored and smoothed do not go together")
        elif self._operand == "range" and function and function not in EXTENDED[modifier]:
            takes = ", ".join(EXTENDED[modifier])
            self._problems.append(f"{function} takes no {modifier} range; allowed: {takes}")


def _flag(name: str) -> str:
    return f"it needs Prometheus's feature flag {name}, which compose/prometheus/flags does not set"


def _quoted(text: str) -> str:
    """Return a raw string as another (the parser knows no backslash in it), all else as it is."""
    if text[:1] != "`":
        return text
    for sign, escaped in (("\\", "\\\\"), ('"', '\\"'), ("\n", "\\n")):
        text = text.replace(sign, escaped)
    return f'"{text[1:-1]}"'
