"""A rule of Prometheus or Loki, and the file that holds several.

Their form is that of Prometheus's documentation ("Defining recording rules", "Alerting rules"),
which Loki's ruler takes too.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import yaml


@dataclass(frozen=True)
class Rule:
    """A recording rule, or an alert where `for_` says how long it must hold."""

    name: str
    expression: str
    for_: str | None = None
    labels: dict[str, str] = field(default_factory=dict)
    annotations: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Group:
    """Rules that are evaluated one after the other, each `interval`."""

    name: str
    rules: Sequence[Rule]
    interval: str | None = None


def text(groups: Iterable[Group]) -> str:
    """Return the groups as YAML."""
    made = {"groups": [_group(group) for group in groups if group.rules]}
    return yaml.dump(made, Dumper=_Dumper, sort_keys=False, width=1000, allow_unicode=True)


def _group(group: Group) -> dict[str, Any]:
    head = {"name": group.name} | ({"interval": group.interval} if group.interval else {})
    return head | {"rules": [_rule(rule) for rule in group.rules]}


def _rule(rule: Rule) -> dict[str, Any]:
    alert = rule.for_ is not None
    made: dict[str, Any] = {"alert" if alert else "record": rule.name, "expr": rule.expression}
    if alert:
        made["for"] = rule.for_
    if rule.labels:
        made["labels"] = rule.labels
    if rule.annotations:
        made["annotations"] = rule.annotations
    return made


_ENDS: Final = re.compile("[\x85\u2028\u2029]")


class _Dumper(yaml.SafeDumper):
    """Writes an expression of several lines as a block, and each label where it stands."""

    def ignore_aliases(self, data: Any) -> bool:
        """Write what stands twice twice: no anchors."""
        return True


def _lines(dumper: yaml.SafeDumper, value: str) -> yaml.ScalarNode:
    # PyYAML writes the other ends of lines that Unicode has as "\n"; in quotes it does not.
    style = '"' if _ENDS.search(value) else "|" if "\n" in value else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", value, style=style)


_Dumper.add_representer(str, _lines)
