"""What changed between two versions' declarations, and which panels and alerts that breaks."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from labotel.render import promql, selection
from labotel.render.declared import Declared
from labotel.render.series import Series


@dataclass(frozen=True)
class Change:
    """One change, and whether a query that was right before may be wrong after it."""

    text: str
    breaks: bool


def changes(old: Declared, new: Declared) -> Iterator[Change]:
    """Give what changed: metrics, their labels and values, events, their fields."""
    for name in sorted(old.metrics.keys() | new.metrics.keys()):
        before, now = old.metrics.get(name), new.metrics.get(name)
        if now is None:
            yield Change(f"metric {name} is gone", breaks=True)
        elif before is None:
            yield Change(f"metric {name} is new", breaks=False)
        else:
            if before.kind != now.kind:
                yield Change(f"metric {name} was a {before.kind}, is a {now.kind}", breaks=True)
            if before.buckets != now.buckets:
                yield Change(f"metric {name} has other buckets", breaks=True)
            yield from _labels(name, before.labels, now.labels)
    for name in sorted(old.recorded.keys() | new.recorded.keys()):
        if name not in new.recorded:
            yield Change(f"rule {name} is gone", breaks=True)
        elif name not in old.recorded:
            yield Change(f"rule {name} is new", breaks=False)
    for name in sorted(old.events.keys() | new.events.keys()):
        said, says = old.events.get(name), new.events.get(name)
        if says is None:
            yield Change(f"event {name} is gone", breaks=True)
        elif said is None:
            yield Change(f"event {name} is new", breaks=False)
        else:
            yield from _fields(name, said.fields, says.fields)
            if said.severity != says.severity:
                was = f"event {name} was {said.severity}, is {says.severity}"
                yield Change(was, breaks=False)


def _labels(metric: str, before: Mapping[str, Any], now: Mapping[str, Any]) -> Iterator[Change]:
    for label in sorted(before.keys() | now.keys()):
        if label not in now:
            yield Change(f"metric {metric} lost the label {label}", breaks=True)
        elif label not in before:
            yield Change(f"metric {metric} has the new label {label}", breaks=False)
        elif before[label] is not None and now[label] is not None:
            for value in sorted(set(before[label]) - set(now[label])):
                yield Change(f"metric {metric} never has {label}={value!r} now", breaks=True)
            for value in sorted(set(now[label]) - set(before[label])):
                yield Change(f"metric {metric} may have {label}={value!r} now", breaks=False)


def _fields(event: str, before: Mapping[str, str], now: Mapping[str, str]) -> Iterator[Change]:
    for field in sorted(before.keys() | now.keys()):
        if field not in now:
            yield Change(f"event {event} lost the field {field}", breaks=True)
        elif field not in before:
            yield Change(f"event {event} has the new field {field}", breaks=False)
        elif before[field] != now[field]:
            was = f"event {event}: {field} was {before[field]}, is {now[field]}"
            yield Change(was, breaks="personal" in (before[field], now[field]))


def queries(folder: Path) -> Iterator[tuple[str, str]]:
    """Give each place and its PromQL: panels of dashboards and rules below a folder, whosever."""
    for path in sorted(folder.rglob("*.json")):
        try:
            page = json.loads(path.read_text(encoding="utf-8"))
        except ValueError:
            continue
        if isinstance(page, dict) and isinstance(page.get("panels"), list):
            yield from _panels(page.get("title", path.name), page["panels"])
    for path in sorted((*folder.rglob("*.yml"), *folder.rglob("*.yaml"))):
        try:
            read = yaml.safe_load(path.read_text(encoding="utf-8"))
        except (ValueError, yaml.YAMLError):
            continue
        for group in read.get("groups") or () if isinstance(read, dict) else ():
            for rule in group.get("rules") or ():
                kind = "alert" if "alert" in rule else "recording rule"
                yield f"{kind} {rule.get(kind.split()[0], rule.get('record'))}", str(rule["expr"])


def _panels(title: str, panels: list[Any]) -> Iterator[tuple[str, str]]:
    for panel in panels:
        for target in panel.get("targets") or ():
            source = target.get("datasource") or panel.get("datasource") or {}
            if "expr" in target and source.get("type", "prometheus") == "prometheus":
                yield f"panel {panel.get('title', '')!r} of {title!r}", target["expr"]
        yield from _panels(title, panel.get("panels") or [])


def broken(
    places: Iterator[tuple[str, str]], old: Mapping[str, Series], new: Mapping[str, Series]
) -> Iterator[str]:
    """Give a line for each query that fits the old declarations and not the new ones.

    What reads other programs' metrics fits neither, and is not judged.
    """
    for place, query in places:
        plain = selection.filled(query)
        if _fits(plain, old) is None:
            problem = _fits(plain, new)
            if problem is not None:
                yield f"{place}: {problem}"


def _fits(query: str, known: Mapping[str, Series]) -> str | None:
    try:
        promql.check(query, known)
    except promql.Problems as found:
        return str(found)
    return None
