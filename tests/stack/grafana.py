"""What Grafana makes of the links that are provisioned for it, by its documentation.

"Provision Grafana" (variables, ``$$``); "Configure the Tempo data source" (trace to logs, trace to
metrics: ``${__tags}``, ``${__trace.traceId}``, ``${__span.spanId}``); "Configure the Loki data
source" (derived fields: ``${__value.raw}``).
"""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from .backends import COMPOSE

FILE = COMPOSE / "grafana" / "provisioning" / "datasources" / "labotel.yaml"
_DOLLARS = re.compile(r"\$\$|\$\{(\w+)\}|\$(\w+)")
_VARIABLE = re.compile(r"\$(?:\{([\w.]+)\}|(__\w+(?:\.\w+)?))")


def provisioned(environment: Mapping[str, str], file: Path = FILE) -> dict[str, dict[str, Any]]:
    """Return the data sources by their uid, as Grafana reads the file in an environment."""

    def value(match: re.Match[str]) -> str:
        return "$" if match[0] == "$$" else environment[match[1] or match[2]]

    def filled(node: Any) -> Any:
        if isinstance(node, str):
            return _DOLLARS.sub(value, node)
        if isinstance(node, list):
            return [filled(one) for one in node]
        return {key: filled(one) for key, one in node.items()} if isinstance(node, dict) else node

    read = yaml.safe_load(file.read_text())
    return {source["uid"]: filled(source) for source in read["datasources"]}


def expanded(template: str, values: Mapping[str, str]) -> str:
    """Return a link's query with the values of what was clicked on."""
    return _VARIABLE.sub(lambda match: values[match[1] or match[2]], template)


def tags(link: Mapping[str, Any], span: Mapping[str, str]) -> str:
    """Return what ``$__tags`` stands for: the tags that the span has, by their names in the query.

    Where it has none the link is not shown.
    """
    found = [(tag.get("value") or tag["key"], span[tag["key"]])
             for tag in link["tags"] if tag["key"] in span]  # fmt: skip
    assert found, "no tag of the link is on the span: Grafana shows no link"
    return ", ".join(f'{name}="{value}"' for name, value in found)
