"""The templates of an alert: its summary, and what else it says in words.

Functions and data are Prometheus's ("Template reference", "Alerting rules: Templating"). A template
that is none keeps a whole file of rules from being loaded; a label that the expression does not
keep is empty where somebody reads it.
"""

from collections.abc import Iterator, Mapping
from typing import Final

from labotel.events.errors import nearest
from labotel.render import promql
from labotel.render.gotemplate import Operand, Template, Unsure, Use, Wrong
from labotel.render.labels import Labels
from labotel.render.rule import Rule
from labotel.render.series import Series

FUNCTIONS: Final = (
    "args", "externalURL", "first", "graphLink", "humanize", "humanize1024", "humanizeDuration",
    "humanizePercentage", "humanizeTimestamp", "label", "match", "now", "parseDuration",
    "pathPrefix", "query", "reReplaceAll", "safeHtml", "sortByLabel", "stripDomain", "stripPort",
    "strvalue", "tableLink", "title", "toDuration", "toLower", "toTime", "toUpper",
    "urlQueryEscape", "value",
)  # fmt: skip
"""Prometheus's own."""
GO: Final = (
    "and", "call", "eq", "ge", "gt", "html", "index", "js", "le", "len", "lt", "ne", "not", "or",
    "print", "printf", "println", "slice", "urlquery",
)  # fmt: skip
"""Those that Go's templates have."""
_VARIABLES: Final = ("$labels", "$externalLabels", "$externalURL", "$value")
_DATA: Final = ("ExternalLabels", "ExternalURL", "Labels", "Value")


def problems(rule: Rule, labels: Labels, known: Mapping[str, Series] | None) -> Iterator[str]:
    """Give what is wrong with an alert's templates; `labels` are what its expression keeps.

    Where `known` is None the alert is Loki's, and what a template asks is LogQL: not judged.
    """
    for name, text in {**rule.labels, **rule.annotations}.items():
        for line in of(text, labels, known):
            yield f"{name}: {line}"


def of(text: str, labels: Labels, known: Mapping[str, Series] | None) -> Iterator[str]:
    """Give what is wrong with one template."""
    try:
        template = Template(text, _VARIABLES)
    except Wrong as error:
        yield f"{text!r} is no template: {error}"
        return
    except Unsure:
        return
    for use in template.uses:
        for operand in use.operands:
            if operand.kind == "function" and operand.text not in FUNCTIONS + GO:
                meant = nearest(operand.text, FUNCTIONS + GO)
                yield (
                    f"Prometheus's templates have no function {operand.text!r}{meant}; allowed: "
                    f"{', '.join(FUNCTIONS)}"
                )
        yield from _data(use, labels, "$labels" in template.declared)
        if known is not None:
            yield from _asked(use, known)


def _data(use: Use, labels: Labels, others: bool) -> Iterator[str]:
    """Judge what a command reads of the alert; with `others` ``$labels`` may be anything."""
    paths = [() if others and one.text == "$labels" else _path(one, use) for one in use.operands]
    for path in paths:
        if path[:1] and path[0] not in _DATA:
            yield f"an alert has no .{path[0]}; allowed: {', '.join(f'.{one}' for one in _DATA)}"
        elif path[:1] == ("Labels",) and len(path) > 1:
            yield from _kept(path[1], labels)
    texts = [operand.text for operand in use.operands]
    if texts[0] == "index" and len(texts) > 2 and paths[1] == ("Labels",):
        yield from _kept(texts[2][1:-1], labels) if texts[2][0] in '"`' else ()


def _path(operand: Operand, use: Use) -> tuple[str, ...]:
    """Return what is read of the alert: ``$labels.x`` and ``.Labels.x`` are one."""
    if operand.text == "$labels":
        return ("Labels", *operand.fields)
    if use.inside:
        return ()
    if operand.text == "$":
        return operand.fields
    return (operand.text[1:], *operand.fields) if operand.kind == "field" else ()


def _kept(label: str, labels: Labels) -> Iterator[str]:
    if label != "__name__":
        yield from labels.missing(label, "what the expression gives has")


def _asked(use: Use, known: Mapping[str, Series]) -> Iterator[str]:
    """Judge the PromQL that a template asks."""
    for function, text in zip(use.operands, use.operands[1:], strict=False):
        if function.text == "query" and text.kind == "text":
            raw = text.text[0] == "`"
            inner = text.text[1:-1]
            try:
                promql.check(inner if raw else inner.replace('\\"', '"'), known)
            except promql.Problems as found:
                yield from found.lines
