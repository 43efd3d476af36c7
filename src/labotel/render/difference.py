"""What changed between two versions' declarations, and which panels and alerts that breaks."""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeVar

import yaml

from labotel.render import logql, promql, variables
from labotel.render.declared import Declared, Said
from labotel.render.series import Series

T = TypeVar("T")


@dataclass(frozen=True)
class Change:
    """One change, and whether a query that was right before may be wrong after it."""

    text: str
    breaks: bool


def changes(old: Declared, new: Declared) -> Iterator[Change]:
    """Give what changed: metrics, their labels and values, events, their fields."""
    yield from _came_and_went("metric", old.metrics, new.metrics)
    for name, before, now in _kept(old.metrics, new.metrics):
        if before.kind != now.kind:
            yield Change(f"metric {name} was a {before.kind}, is a {now.kind}", breaks=True)
        if before.buckets != now.buckets:
            yield Change(f"metric {name} has other buckets", breaks=True)
        yield from _labels(name, before.labels, now.labels)
    yield from _came_and_went("rule", old.recorded, new.recorded)
    yield from _came_and_went("event", old.events, new.events)
    for name, said, says in _kept(old.events, new.events):
        yield from _fields(name, said.fields, says.fields)
        if said.severity != says.severity:
            was = f"event {name} was {said.severity}, is {says.severity}"
            yield Change(was, breaks=False)


def _came_and_went(kind: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[Change]:
    for name in sorted(old.keys() ^ new.keys()):
        gone = name in old
        yield Change(f"{kind} {name} is {'gone' if gone else 'new'}", breaks=gone)


def _kept(old: Mapping[str, T], new: Mapping[str, T]) -> Iterator[tuple[str, T, T]]:
    for name in sorted(old.keys() & new.keys()):
        yield name, old[name], new[name]


def _labels(metric: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[Change]:
    for label in sorted(old.keys() ^ new.keys()):
        if label in old:
            yield Change(f"metric {metric} lost the label {label}", breaks=True)
        else:
            yield Change(f"metric {metric} has the new label {label}", breaks=False)
    for label, before, now in _kept(old, new):
        if before is not None and now is not None:
            for value in sorted(set(before) - set(now)):
                yield Change(f"metric {metric} never has {label}={value!r} now", breaks=True)
            for value in sorted(set(now) - set(before)):
                yield Change(f"metric {metric} may have {label}={value!r} now", breaks=False)


def _fields(event: str, old: Mapping[str, str], new: Mapping[str, str]) -> Iterator[Change]:
    for field in sorted(old.keys() ^ new.keys()):
        if field in old:
            yield Change(f"event {event} lost the field {field}", breaks=True)
        else:
            yield Change(f"event {event} has the new field {field}", breaks=False)
    for field, before, now in _kept(old, new):
        if before != now:
            was = f"event {event}: {field} was {before}, is {now}"
            yield Change(was, breaks="personal" in (before, now))


def queries(folder: Path, source: str = "prometheus") -> Iterator[tuple[str, str]]:
    """Give each place and its query: panels of a source, and rules, below a folder, whosever.

    Loki's rules have the form of Prometheus's, so all rules are given. What else such a folder
    holds (notes, other programs' files) is passed over.
    """
    for path in _files(folder, "*.json"):
        try:
            page = json.loads(path.read_text(encoding="utf-8-sig"))
        except (ValueError, RecursionError, OSError):
            continue
        for made in (page, _part(page, "dashboard")):
            title = _part(made, "title")
            yield from _panels(str(title or path.name), _part(made, "panels"), source)
    for path in (*_files(folder, "*.yml"), *_files(folder, "*.yaml")):
        try:
            pages = list(yaml.safe_load_all(path.read_text(encoding="utf-8-sig")))
        except Exception:  # noqa: S112  # PyYAML raises anything at a scalar that is none of its tag
            continue
        groups = [group for page in pages for group in _list(_part(page, "groups"))]
        for rule in (rule for group in groups for rule in _list(_part(group, "rules"))):
            kind = "alert" if _part(rule, "alert") else "recording rule"
            name = _part(rule, "alert") or _part(rule, "record")
            expression = _part(rule, "expr")
            if isinstance(expression, str):
                yield f"{kind} {name}", expression


def _files(folder: Path, pattern: str) -> list[Path]:
    return sorted(path for path in folder.rglob(pattern) if path.is_file())


def _part(node: Any, key: str) -> Any:
    return node.get(key) if isinstance(node, dict) else None


def _list(node: Any) -> list[Any]:
    return node if isinstance(node, list) else []


def _panels(title: str, panels: Any, wanted: str) -> Iterator[tuple[str, str]]:
    for panel in _list(panels):
        for target in _list(_part(panel, "targets")):
            source = _part(target, "datasource") or _part(panel, "datasource")
            kind = source if isinstance(source, str) else _part(source, "type") or "prometheus"
            expression = _part(target, "expr")
            asks = kind.lower() if kind.lower() in ("loki", "tempo") else "prometheus"
            if isinstance(expression, str) and asks == wanted:
                yield f"panel {_part(panel, 'title')!r} of {title!r}", expression
        yield from _panels(title, _part(panel, "panels"), wanted)


def broken(
    places: Iterable[tuple[str, str]], old: Mapping[str, Series], new: Mapping[str, Series]
) -> Iterator[str]:
    """Give a line for each query that fits the old declarations and not the new ones.

    A metric that is in neither is another program's, with any labels. A query that reads none of
    these, or that fits neither, is not judged.
    """
    for place, query in places:
        for plain in variables.ways(query):
            before, now = (_problem(plain, each, old, new) for each in (old, new))
            if before is None:
                if now is not None:
                    yield f"{place}: {now}"
                break


def broken_lines(
    places: Iterator[tuple[str, str]], old: Mapping[str, Said], new: Mapping[str, Said]
) -> Iterator[str]:
    """Give a line for each LogQL that fits the old events and not the new ones.

    PromQL names no event, so it passes.
    """
    for place, query in places:
        if not any(logql.problems(query, old)):
            yield from (f"{place}: {line}" for line in logql.problems(query, new))


def _problem(
    query: str, known: Mapping[str, Series], *versions: Mapping[str, Series]
) -> str | None:
    """Return what is wrong with a query, None where it fits; `versions` have what is declared."""
    try:
        strange = promql.names(query).difference(*versions)
        series = {**known, **{name: Series(name, "foreign", open=True) for name in strange}}
        if variables.LABEL in query:  # each has it
            series = {
                name: replace(one, labels=one.labels | {variables.LABEL})
                for name, one in series.items()
            }
        promql.check(query, series)
    except promql.Problems as found:
        return str(found)
    return None
