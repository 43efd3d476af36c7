"""PromQL, judged against what is emitted: types, names of series, their labels, labels' values.

`promql-parser` parses and checks types; what Prometheus 3.16 has besides is put into what it knows
(`newer.py`). Which labels each part of an expression has follows from Prometheus's documentation of
its operators and functions.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

import promql_parser as parser

from labotel.render import newer
from labotel.render.labels import NONE, Labels
from labotel.render.matching import Match, filters
from labotel.render.selectors import NAME, Selector, exact
from labotel.render.series import Series
from labotel.render.words import DEEPEST, Problems

__all__ = ["Problems", "check", "names", "parsed", "selectors"]

_NO_LABELS: Final = frozenset({"scalar", "vector", "time", "pi"})
_OF_BUCKETS: Final = ("histogram_quantile", "histogram_fraction")
_LOGARITHMS: Final = frozenset({"exp", "ln", "log2", "log10"})
"""The parser lets them have certain numbers; Prometheus does not."""
_ALL: Final = (".*", "(.*)")
"""Patterns that every value fits."""


def parsed(expression: str) -> Any:
    """Return the syntax tree; Problems where Prometheus would not take the expression."""
    text = newer.plain(expression)
    try:
        return parser.parse(text)
    except ValueError as error:
        raise Problems([f"{expression!r} is no PromQL: {error}"]) from error


def check(expression: str, known: Mapping[str, Series]) -> Labels:
    """Return the labels that an expression's result has; Problems where something is not emitted.

    `known` are all series by their names.
    """
    judge = _Judge(known)
    tree = parsed(expression)
    labels = judge.labels(tree)
    problems = judge.unknown or judge.problems
    if kind := _kind(tree):
        problems = [*problems, f"a {kind} is no answer: put it into a function"]
    if problems:
        raise Problems(list(dict.fromkeys(problems)))
    return labels


def names(expression: str) -> frozenset[str]:
    """Return the names of the series that an expression reads, as far as it names them."""
    return frozenset(filter(None, map(exact, selectors(parsed(expression)))))


def selectors(tree: Any) -> list[Any]:
    """Return the selectors of a syntax tree."""
    found, left = [], [tree]
    while left:
        node = left.pop()
        match node:
            case parser.VectorSelector():
                found.append(node)
            case parser.MatrixSelector():
                found.append(node.vector_selector)
            case parser.BinaryExpr():
                left += [node.lhs, node.rhs]
            case parser.Call():
                left += node.args
            case parser.AggregateExpr():
                left += [node.expr] if node.param is None else [node.expr, node.param]
            case parser.SubqueryExpr() | parser.ParenExpr() | parser.UnaryExpr():
                left.append(node.expr)
    return found


class _Judge:
    """Finds the labels of each part, and what is wrong on the way."""

    def __init__(self, known: Mapping[str, Series]) -> None:
        self._known = known
        self._depth = 0
        self.unknown: list[str] = []
        """Series that nobody emits: what labels they would have is not known."""
        self.problems: list[str] = []

    def labels(self, node: Any) -> Labels:
        """Return the labels of a part of the tree."""
        self._depth += 1
        if self._depth > 2 * DEEPEST:
            raise Problems([f"an expression of many parts in each other; allowed: {DEEPEST}"])
        try:
            return self._labels(node)
        finally:
            self._depth -= 1

    def _labels(self, node: Any) -> Labels:
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
                return self._chain(node)
            case parser.Call():
                return self._called(node)
        return NONE

    def _selected(self, node: Any) -> Labels:
        found = Selector(node, self._known)
        self.unknown += found.unknown
        self.problems += found.problems
        return found.labels

    def _aggregated(self, node: Any) -> Labels:
        inner = self.labels(node.expr)
        if node.param is not None and not isinstance(node.param, parser.StringLiteral):
            self.labels(node.param)
        operator = str(node.op)
        given = frozenset(node.modifier.labels) if node.modifier is not None else frozenset()
        for label in sorted(given):
            self.problems += inner.missing(label, f"what {operator} adds up has")
        if operator in ("topk", "bottomk"):
            return inner.chosen()  # it chooses series, and keeps their labels
        without = node.modifier is not None and (
            node.modifier.type == parser.AggModifierType.Without
        )
        kept = inner.without(given) if without else inner.only(given)
        made = getattr(node.param, "val", None)
        if operator == "count_values" and isinstance(made, str):
            return kept.along({made}).chosen()
        return kept

    def _chain(self, node: Any) -> Labels:
        """Return the labels of ``a + b + c + …``: as many as there are, one after another."""
        nodes = [node]
        while isinstance(nodes[-1].lhs, parser.BinaryExpr):
            nodes.append(nodes[-1].lhs)
        left = self.labels(nodes[-1].lhs)
        scalar = _scalar(nodes[-1].lhs)
        for node in reversed(nodes):
            right = self.labels(node.rhs)
            if _scalar(node.rhs):
                left = left.chosen() if filters(node) else left
            elif scalar:
                left, scalar = right.chosen() if filters(node) else right, False
            else:
                match = Match(node, left, right)
                self.problems += match.problems
                left = match.labels
        return left

    def _called(self, node: Any) -> Labels:
        name = node.func.name
        inner = [self.labels(argument) for argument in node.args]
        texts = [
            argument.val for argument in node.args if isinstance(argument, parser.StringLiteral)
        ]
        if name in _NO_LABELS:
            return NONE
        if name in _LOGARITHMS and _scalar(node.args[0]):
            self.problems.append(f"{name} is of a vector, not of a number; allowed: vector(…)")
        if name in _OF_BUCKETS:
            self.problems += inner[-1].missing("le", f"what {name} reads has")
            return inner[-1].without({"le"})
        if name in ("label_replace", "label_join"):
            return self._made(name, inner[0], texts)
        if name in ("absent", "absent_over_time"):
            return Labels(_equal(node.args[0]))
        return next((labels for labels in inner if labels != NONE), NONE)

    def _made(self, function: str, inner: Labels, texts: list[str]) -> Labels:
        """Return the labels that `label_replace` and `label_join` give."""
        label = texts[0]
        if function == "label_replace":
            value, sources, pattern = texts[1], texts[2:3], texts[3]
            same = pattern in _ALL and (label not in sources or "$" not in value)
            copied = pattern == "(.*)" and "$1" in value and inner.sure.issuperset(sources)
            sure = copied or (pattern in _ALL and bool(value) and "$" not in value)
        else:
            sources, same = texts[2:], label not in texts[2:]
            sure = bool(sources) and inner.sure.issuperset(sources)
        for source in sources:
            self.problems += inner.missing(source, f"what {function} reads has")
        if same and label in inner.several:
            self.problems.append(
                f"{function} gives one {label} to several series that differ in it alone: they "
                "would be one"
            )
        kept = inner.along({label}, () if sure else {label})
        # What is made of a label in which they differ makes them differ in both.
        return replace(kept, several=kept.several.difference(sources))


def _equal(node: Any) -> frozenset[str]:
    """Return the labels that `absent` gives: those that its selector names a value of."""
    while isinstance(node, parser.ParenExpr):
        node = node.expr
    selector = node.vector_selector if isinstance(node, parser.MatrixSelector) else node
    matchers = getattr(getattr(selector, "matchers", None), "matchers", ())
    return frozenset(
        one.name for one in matchers if one.op == parser.MatchOp.Equal and one.name != NAME
    )


def _kind(tree: Any) -> str:
    """Return what an expression is that neither a panel nor a rule takes; "" of all others."""
    while isinstance(tree, parser.ParenExpr):
        tree = tree.expr
    if isinstance(tree, (parser.MatrixSelector, parser.SubqueryExpr)):
        return "range of values"
    return "text" if isinstance(tree, parser.StringLiteral) else ""


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
