"""A selector, judged: its series, their labels, and the values that its matchers leave."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

import promql_parser as parser

from labotel.events.errors import nearest
from labotel.events.who import WHO
from labotel.render.labels import Labels
from labotel.render.patterns import Refused, Unsure, pattern
from labotel.render.series import Series

NAME: Final = "__name__"
_EQUAL: Final = (parser.MatchOp.Equal, parser.MatchOp.NotEqual)
_NEGATIVE: Final = (parser.MatchOp.NotEqual, parser.MatchOp.NotRe)
_PLAIN: Final = re.compile(r"[\w-]+")


class Selector:
    """What a selector asks for; `labels` is what it gives."""

    def __init__(self, node: Any, known: Mapping[str, Series]) -> None:
        self._known = known
        self._matchers = list(node.matchers.matchers)
        self.unknown: list[str] = []
        """Series that nobody emits: what labels they would have is not known."""
        self.problems: list[str] = []
        if node.matchers.or_matchers:
            self.problems.append(f"{node}: Prometheus knows no 'or' between matchers")
        self.labels = Labels(WHO)
        for matcher in self._matchers:
            self._pattern(matcher)
        found = self._series(node) if not self.problems else []
        if found:
            self.labels = self._left(found)

    def _pattern(self, matcher: Any) -> None:
        """Refuse what RE2 does not take."""
        try:
            if matcher.op not in _EQUAL:
                pattern(matcher.value)
        except Refused as error:
            self.problems.append(f"{matcher.name}: {matcher.value!r} is no pattern of RE2: {error}")
        except Unsure:
            pass

    def _series(self, node: Any) -> Sequence[Series]:
        """Return the series that its name means, or its matchers of one."""
        matchers = [matcher for matcher in self._matchers if matcher.name == NAME]
        if node.name is not None:
            return self._called(node.name) if not matchers else []
        name = exact(node)
        if name is not None:
            return self._called(name)
        if not any(matcher.op not in _NEGATIVE for matcher in matchers):
            self.problems.append(f"{node}: a selector must name its series")
            return []
        try:
            found = [self._known[name] for name in meant(node, self._known)]
        except Unsure:
            self.labels = Labels(WHO, open=True)
            return []
        if not found:
            self.unknown.append(f"no catalogue emits what {node} names")
        return found

    def _called(self, name: str) -> Sequence[Series]:
        if name in self._known:
            return [self._known[name]]
        self.unknown.append(f"no catalogue emits {name!r}{nearest(name, self._known)}")
        return []

    def _left(self, found: Sequence[Series]) -> Labels:
        """Judge the matchers of labels, and return what they leave."""
        names = frozenset().union(*(series.labels for series in found))
        maybe = names - names.intersection(*(series.labels for series in found))
        labels = Labels(names, any(series.open for series in found), maybe)
        called = found[0].name if len(found) == 1 else f"what {len(found)} series are called"
        values: dict[str, frozenset[str]] = {}
        for label in sorted(labels.names | {matcher.name for matcher in self._matchers} - {NAME}):
            asked = [matcher for matcher in self._matchers if matcher.name == label]
            self.problems += labels.missing(label, f"{called} has") if asked else []
            each = [series.values.get(label) for series in found if label in series.labels]
            every = [one for one in each if one is not None]
            possible = frozenset().union(*every) if each and len(every) == len(each) else None
            left = self._values(called, asked, possible)
            if left is not None:
                values[label] = left
        buckets = len(found) == 1 and found[0].kind == "histogram"
        several = {"le"} if buckets and len(values.get("le", ())) > 1 else ()
        return replace(labels, values=values, several=frozenset(several))

    def _values(
        self, called: str, asked: Sequence[Any], possible: frozenset[str] | None
    ) -> frozenset[str] | None:
        """Return the values of a label that its matchers leave; None where they are not known."""
        if possible is None:
            equal = [m.value for m in asked if m.op == parser.MatchOp.Equal and m.value]
            possible = frozenset(equal[:1])
            if not equal:
                return None
        else:
            wrong = [line for one in asked for line in _never(called, one, possible)]
            self.problems += wrong
            if wrong:
                return None
        try:
            left = frozenset(v for v in possible if all(_fits(one, v) for one in asked))
            empty = not left and not all(_fits(one, "") for one in asked)
        except Unsure:
            return None
        if empty:
            shown = ", ".join(map(str, asked))
            self.problems.append(f"{called} never has all at once: {shown}")
        return left or None


def meant(node: Any, known: Iterable[str]) -> list[str]:
    """Return the names of these that a selector's matchers mean; Unsure where that is not known."""
    matchers = [matcher for matcher in node.matchers.matchers if matcher.name == NAME]
    return [name for name in known if all(_fits(matcher, name) for matcher in matchers)]


def exact(node: Any) -> str | None:
    """Return the name of the series that a selector asks for; None where it is none for certain."""
    if node.name is not None:
        return str(node.name)
    equal = [
        matcher.value
        for matcher in node.matchers.matchers
        if matcher.name == NAME and matcher.op == parser.MatchOp.Equal
    ]
    return str(equal[0]) if len(equal) == 1 else None


def _fits(matcher: Any, value: str) -> bool:
    """Tell whether a matcher takes a value; Unsure where that is not known."""
    if matcher.op in _EQUAL:
        fits = bool(matcher.value == value)
    else:
        try:
            fits = pattern(matcher.value).fits(value)
        except Refused as error:
            raise Unsure(matcher.value) from error
    return fits != (matcher.op in _NEGATIVE)


def _never(called: str, matcher: Any, possible: frozenset[str]) -> Iterator[str]:
    """Say which value or part of a pattern no series can have: it selects nothing, for ever."""
    allowed = f"; allowed: {', '.join(sorted(possible))}"
    if matcher.op in _EQUAL:
        idle = [matcher.value] if matcher.value and matcher.value not in possible else []
    else:
        try:
            idle = pattern(matcher.value).idle(possible)
        except (Unsure, Refused):
            return
    for value in idle:
        plain = matcher.op in _EQUAL or _PLAIN.fullmatch(value)
        meant = nearest(value if plain else re.sub(r"\W", "", value), possible)
        yield f"{called} never has {matcher.name}{'=' if plain else '=~'}{value!r}{meant}{allowed}"
