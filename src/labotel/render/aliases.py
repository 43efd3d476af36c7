"""Aliases as recording rules: a metric under the name that dashboards know, with their labels."""

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

from labotel.events.alias import Alias
from labotel.events.errors import nearest
from labotel.events.who import WHO
from labotel.render.rule import Group, Rule

if TYPE_CHECKING:  # which asks here what aliases record
    from labotel.render.declared import Measured

_PARTS = ("_bucket", "_sum", "_count")


def group(name: str, aliases: Iterable[Alias], metrics: "Mapping[str, Measured]") -> Group:
    """Return the recording rules of a catalogue's aliases; of one with `problems` none."""
    good = [one for one in aliases if not list(problems(one, metrics))]
    return Group(f"{name}-aliases", [rule for one in good for rule in _rules(one, metrics)])


def recorded(aliases: Iterable[Alias], metrics: "Mapping[str, Measured]") -> dict[str, set[str]]:
    """Return the series that they make, each with all its labels."""
    found: dict[str, set[str]] = {}
    for alias in aliases:
        if any(problems(alias, metrics)):
            continue
        for rule in _rules(alias, metrics):
            le = {"le"} if rule.name != alias.name and rule.name.endswith("_bucket") else set()
            found.setdefault(rule.name, set()).update(WHO, alias.renamed, alias.labels, le)
    return found


def problems(alias: Alias, metrics: "Mapping[str, Measured]") -> Iterator[str]:
    """Give what is wrong with an alias: what is not there, and what is taken."""
    name, part = _metric(alias, metrics)
    metric = metrics.get(name)
    if metric is None:
        yield f"alias {alias.name}: no catalogue emits {name!r}{nearest(name, metrics)}"
        return
    if alias.name + part in metrics or alias.name in metrics:
        yield f"alias {alias.name}: a metric has this name already"
    there = ", ".join(metric.labels) or "none"
    for new, own in alias.renamed.items():
        if own not in metric.labels:
            close = nearest(own, metric.labels)
            yield f"alias {alias.name}: {name} has no label {own!r}{close}; allowed: {there}"
        elif new != own and (new in metric.labels or new in WHO):
            yield f"alias {alias.name}: {name} has a label {new!r} already; call it otherwise"
    for label in alias.labels:
        if label in WHO or label == "le":
            yield f"alias {alias.name}: the label {label!r} says who measured; call it otherwise"


def doubles(owned: Iterable[tuple[str, Alias]]) -> Iterator[str]:
    """Give the names of which one catalogue's rules would write another's series."""
    owners: dict[str, str] = {}
    there: set[tuple[str, frozenset[tuple[str, str]]]] = set()
    for owner, alias in owned:
        before = owners.setdefault(alias.name, owner)
        series = (alias.name, frozenset(alias.labels.items()))
        if before != owner:
            yield (
                f"alias {alias.name}: both {before!r} and {owner!r} have it; render one of them "
                "at a time"
            )
        elif series in there:
            yield (
                f"alias {alias.name}: {owner!r} has it twice; allowed: constant labels that tell "
                "them apart"
            )
        there.add(series)


def _metric(alias: Alias, metrics: "Mapping[str, Measured]") -> tuple[str, str]:
    """Return the metric that an alias is of, and which part of a histogram ("" for all of it)."""
    name = alias.of.partition("{")[0].strip()
    for part in _PARTS:
        whole = name.removesuffix(part)
        if name not in metrics and whole in metrics and metrics[whole].kind == "histogram":
            return whole, part
    return name, ""


def _rules(alias: Alias, metrics: "Mapping[str, Measured]") -> Iterator[Rule]:
    name, part = _metric(alias, metrics)
    metric = metrics[name]
    _, brace, matchers = alias.of.partition("{")
    parts = _PARTS if metric.kind == "histogram" and not part else (part,)
    gone = [label for label in metric.labels if alias.renamed.get(label) != label]
    for each in parts:
        inner = name + each + brace + matchers
        for new, own in alias.renamed.items():
            if new != own:
                inner = f'label_replace({inner}, "{new}", "$1", "{own}", "(.*)")'
        also = ["le"] if part == "_bucket" else []
        yield Rule(
            alias.name + (each if each != part else ""),
            f"sum without ({', '.join([*gone, *also])}) ({inner})",
            labels=dict(alias.labels),
        )
