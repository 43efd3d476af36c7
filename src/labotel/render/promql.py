"""PromQL, judged against what is emitted: types, names of series, their labels, labels' values.

`promql-parser` parses and checks types as Prometheus 2.45 does. Which labels each part of an
expression has follows from Prometheus's documentation of its operators and functions.
"""

import re
from collections.abc import Mapping
from typing import Any, Final

import promql_parser as parser

from labotel.events.errors import nearest
from labotel.events.who import WHO
from labotel.render.labels import NONE, Labels
from labotel.render.series import Series

# Prometheus 3's modifiers of a range: the parser does not know them yet.
_MODIFIER: Final = re.compile(r"(?<=\])(\s+offset\s+\w+)?\s+(?:anchored|smoothed)\b")
_WORDS: Final = re.compile(r"[\w.-]+(?:\|[\w.-]+)*")
_EQUAL: Final = (parser.MatchOp.Equal, parser.MatchOp.NotEqual)
_SETS: Final = ("and", "or", "unless")
_NO_LABELS: Final = frozenset({"scalar", "vector", "time", "pi"})


class Problems(Exception):
    """What is wrong with an expression, a line each."""

    def __init__(self, lines: list[str]) -> None:
        self.lines = lines
        super().__init__("; ".join(lines))


def parsed(expression: str) -> Any:
    """Return the syntax tree; Problems where Prometheus would not take the expression."""
    try:
        return parser.parse(_MODIFIER.sub(r"\1", expression))
    except ValueError as error:
        raise Problems([f"{expression!r} is no PromQL: {error}"]) from error


def check(expression: str, known: Mapping[str, Series]) -> Labels:
    """Return the labels that an expression's result has; Problems where something is not emitted.

    `known` are all series by their names.
    """
    judge = _Judge(known)
    labels = judge.labels(parsed(expression))
    problems = judge.unknown or judge.problems
    if problems:
        raise Problems(list(dict.fromkeys(problems)))
    return labels


def names(expression: str) -> frozenset[str]:
    """Return the names of the series that an expression reads."""
    found: set[str] = set()

    def visit(node: Any) -> None:
        if isinstance(node, parser.VectorSelector) and node.name:
            found.add(node.name)
        elif isinstance(node, parser.MatrixSelector) and node.vector_selector.name:
            found.add(node.vector_selector.name)

    parser.walk(parsed(expression), visit)
    return frozenset(found)


class _Judge:
    """Finds the labels of each part, and what is wrong on the way."""

    def __init__(self, known: Mapping[str, Series]) -> None:
        self._known = known
        self.unknown: list[str] = []
        """Series that nobody emits: what labels they would have is not known."""
        self.problems: list[str] = []

    def labels(self, node: Any) -> Labels:
        """Return the labels of a part of the tree."""
        match node:
            case parser.VectorSelector():
                return self._selected(node)
            case parser.MatrixSelector():
                return self._selected(node.vector_selector)
            case parser.SubqueryExpr() | parser.ParenExpr() | parser.UnaryExpr():
                return self.labels(node.expr)
            case parser.AggregateExpr():
                return self._aggregated(node)
            case parser.BinaryExpr():
                return self._joined(node)
            case parser.Call():
                return self._called(node)
        return NONE

    def _selected(self, node: Any) -> Labels:
        if node.name is None:
            self.problems.append(f"{node}: a selector must name its series")
            return Labels(WHO)
        series = self._known.get(node.name)
        if series is None:
            self.unknown.append(
                f"no catalogue emits {node.name!r}{nearest(node.name, self._known)}"
            )
            return Labels(WHO)
        found = Labels(series.labels, series.open)
        for matcher in node.matchers.matchers:
            if matcher.name in series.values:
                self._value(series, matcher)
            else:
                self._must(found, matcher.name, f"{series.name} has")
        return found

    def _value(self, series: Series, matcher: Any) -> None:
        """A value that no series can have selects nothing, for ever."""
        if matcher.op in _EQUAL:
            wanted = [matcher.value]
        elif _WORDS.fullmatch(matcher.value) and "." not in matcher.value:
            wanted = matcher.value.split("|")
        else:
            return  # a pattern: the engine's test says whether it finds anything
        possible = series.values[matcher.name]
        self.problems += [
            f"{series.name} never has {matcher.name}={value!r}{nearest(value, possible)}; "
            f"allowed: {', '.join(sorted(possible))}"
            for value in wanted
            if value and value not in possible
        ]

    def _must(self, having: Labels, label: str, whose: str) -> None:
        if label not in having:
            shown = ", ".join(sorted(having.names)) or "none"
            meant = nearest(label, having.names)
            self.problems.append(f"{whose} no label {label!r}{meant}; has: {shown}")

    def _aggregated(self, node: Any) -> Labels:
        inner = self.labels(node.expr)
        if node.param is not None and not isinstance(node.param, parser.StringLiteral):
            self.labels(node.param)
        operator = str(node.op)
        given = frozenset(node.modifier.labels) if node.modifier is not None else frozenset()
        for label in sorted(given):
            self._must(inner, label, f"what {operator} adds up has")
        if operator in ("topk", "bottomk", "limitk", "limit_ratio"):
            return inner  # it chooses series, and keeps their labels
        without = node.modifier is not None and (
            node.modifier.type == parser.AggModifierType.Without
        )
        kept = inner.without(given) if without else inner.only(given)
        made = getattr(node.param, "val", None)
        return kept.along({made}) if operator == "count_values" and isinstance(made, str) else kept

    def _joined(self, node: Any) -> Labels:
        left, right = self.labels(node.lhs), self.labels(node.rhs)
        if _scalar(node.rhs):
            return left
        if _scalar(node.lhs):
            return right
        modifier = node.modifier
        matching = modifier.matching if modifier is not None else None
        on = matching is not None and matching.type == parser.LabelModifierType.Include
        named = frozenset(matching.labels) if matching is not None else frozenset()
        for label in sorted(named) if on else ():
            for side, having in (("left", left), ("right", right)):
                self._must(having, label, f"the {side} side of {node.op} has")
        if str(node.op) == "or":
            return left.along(right.names, open=right.open)
        apart = (left.names - named) ^ (right.names - named)
        if not on and not left.open and not right.open and apart:
            self.problems.append(
                f"the sides of {node.op} never match: one alone has {', '.join(sorted(apart))}; "
                "use on(...) or ignoring(...)"
            )
        if str(node.op) in _SETS:
            return left
        card = modifier.card if modifier is not None else parser.VectorMatchCardinality.OneToOne
        many, one = (
            (right, left) if card == parser.VectorMatchCardinality.OneToMany else (left, right)
        )
        if card != parser.VectorMatchCardinality.OneToOne:
            extra = sorted(modifier.group_labels or ())
            for label in extra:
                self._must(one, label, "the one side of the group has")
            return many.along(extra)
        return left.only(named) if on else left.without(named)

    def _called(self, node: Any) -> Labels:
        name = node.func.name
        inner = [self.labels(argument) for argument in node.args]
        texts = [
            argument.val for argument in node.args if isinstance(argument, parser.StringLiteral)
        ]
        if name in _NO_LABELS:
            return NONE
        if name == "histogram_quantile":
            self._must(inner[1], "le", "what histogram_quantile reads has")
            return inner[1].without({"le"})
        if name in ("label_replace", "label_join"):
            for label in texts[2:3] if name == "label_replace" else texts[2:]:
                self._must(inner[0], label, f"what {name} reads has")
            return inner[0].along(texts[:1])
        if name in ("absent", "absent_over_time"):
            return Labels(_equal(node.args[0]))
        return next((labels for labels in inner if labels != NONE), NONE)


def _equal(node: Any) -> frozenset[str]:
    """Return the labels that `absent` gives: those that its selector names a value of."""
    selector = node.vector_selector if isinstance(node, parser.MatrixSelector) else node
    matchers = getattr(getattr(selector, "matchers", None), "matchers", ())
    return frozenset(one.name for one in matchers if one.op == parser.MatchOp.Equal)


def _scalar(node: Any) -> bool:
    """Tell whether a part is a number, which has no labels and matches everything."""
    match node:
        case parser.NumberLiteral():
            return True
        case parser.ParenExpr() | parser.UnaryExpr():
            return _scalar(node.expr)
        case parser.BinaryExpr():
            return _scalar(node.lhs) and _scalar(node.rhs)
        case parser.Call():
            return node.func.name in ("scalar", "time", "pi")
    return False
