"""A dashboard's filters, in each selector of a query; Grafana's variables, as an engine takes them.

The variables' names are of Grafana's documentation ("Global variables").
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from labotel.render import promql
from labotel.render.patterns import Unsure
from labotel.render.selectors import meant
from labotel.render.series import Series
from labotel.render.words import LISTS, Word, words

PROMETHEUS: Final = {
    "service_name": "$service",
    "deployment_environment_name": "$environment",
    "instance": "$instance",
}
"""A label -> the variable that filters by it."""
LOKI: Final = 'service_name=~"$service",deployment_environment_name=~"$environment"'
TEMPO: Final = 'resource.service.name=~"${service:pipe}"'
"""Of the service alone: in TraceQL an attribute that is not there fits no pattern."""
EVERYTHING: Final = {"service": ".+", "environment": ".*", "instance": ".*"}
"""What "All" stands for. Loki asks for one matcher that no empty value fits."""

_WORD: Final = re.compile(
    r"#[^\n]*|\"(?:[^\"\\]|\\.)*\"|'(?:[^'\\]|\\.)*'|`[^`]*`|[A-Za-z_:][\w:]*|.", re.DOTALL
)
VARIABLE: Final = re.compile(r"\$(?:\{(\w+)(?::\w+)?\}|(\w+))")
_WINDOWS: Final = {
    "__rate_interval": "5m", "__interval": "1m", "__range": "1h", "__range_s": "3600",
    "__interval_ms": "60000", "__range_ms": "3600000", "__from": "0", "__to": "3600000",
}  # fmt: skip


def filled(expression: str, values: dict[str, str] | None = None) -> str:
    """Return a query with a value for each variable: these, else what stands for everything."""
    known = _WINDOWS | EVERYTHING | (values or {})
    return VARIABLE.sub(lambda match: known.get(match[1] or match[2], match[0]), expression)


def of_prometheus(expression: str, known: Mapping[str, Series]) -> str:
    """Return PromQL with the filters in each selector, by the labels that its series has.

    What another program says is of no service of the application's: it has none.
    """
    named = promql.names(filled(expression))
    found = list(words(expression))
    made = []
    closing = ""  # of what holds labels or a window, and no metric
    before = Word("space", "")
    for i, word in enumerate(found):
        made.append(word.text)
        after = next((other.text for other in found[i + 1 :] if other.kind != "space"), "")
        if closing:
            closing = "" if word.text == closing else closing
        elif word.text in named and after != "(":
            filters = _filters(known, {word.text})
            if filters and after != "{":
                made.append(f"{{{filters}}}")
        elif word.text == "{" and before.text == "$":
            closing = "}"  # ${__range_s}
        elif word.text == "{":
            closing = "}"
            chosen = {before.text} if before.text in named else _named(found[i + 1 :], known)
            filters = _filters(known, chosen)
            made.append(filters if after == "}" or not filters else f"{filters},")
        elif word.text == "[":
            closing = "]"
        elif word.text == "(" and before.text.lower() in LISTS:
            closing = ")"
        before = before if word.kind == "space" else word
    return "".join(made)


def _named(inside: Sequence[Word], known: Mapping[str, Series]) -> set[str]:
    """Return what a selector without a name before it means; nothing where it may be any."""
    texts = [word.text for word in inside if word.kind != "space"]
    text = " ".join(texts[: texts.index("}") + 1]) if "}" in texts else "}"
    [node] = promql.selectors(promql.parsed(filled(f"{{ {text}")))
    try:
        return set(meant(node, known))
    except Unsure:
        return set()


def _filters(known: Mapping[str, Series], chosen: Iterable[str]) -> str:
    """Return the filters by labels that all of these series have; of unknown ones, all filters."""
    each = [known[name].labels if name in known else frozenset(PROMETHEUS) for name in chosen]
    labels = frozenset(PROMETHEUS).intersection(*each)
    if "deployment_environment_name" not in labels:
        return ""
    return ",".join(f'{label}=~"{v}"' for label, v in PROMETHEUS.items() if label in labels)


def of_loki(expression: str, matchers: str = LOKI) -> str:
    """Return LogQL with these matchers in each selector that names no `job`.

    Lines that were read from files (nginx, syslog, containers) are of no service.
    """
    words, made = _WORD.findall(expression), []
    for i, word in enumerate(words):
        made.append(word)
        if word == "{" and "job" not in words[i : words.index("}", i) if "}" in words[i:] else i]:
            made.append(matchers if _after(words, i) == "}" else f"{matchers},")
    return "".join(made)


def of_tempo(expression: str, matchers: str = TEMPO) -> str:
    """Return TraceQL with this condition in each span selector, before all that stands there."""
    words, made = _WORD.findall(expression), []
    for i, word in enumerate(words):
        opened = word == "{" and _after(words, i) == "}"
        closed = word == "}" and _before(words, i) == "{"
        empty = opened or closed
        if word == "}" and not empty:
            made.append(")")
        made.append(word)
        if word == "{":
            made.append(matchers if empty else f"{matchers} && (")
    return "".join(made)


def _before(words: list[str], i: int) -> str:
    return next((word for word in reversed(words[:i]) if not word.isspace()), "")


def _after(words: list[str], i: int) -> str:
    """Return the first sign after a word."""
    return next((word[0] for word in words[i + 1 :] if not word.isspace()), "")
