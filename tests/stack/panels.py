"""The panels of rendered dashboards, asked of the engines as Grafana asks them."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from labotel.render.selection import filled

from .http import ask
from .loki import Loki
from .prometheus import Prometheus

STEP = 5
"""So far apart, in s, are a panel's points: what is there for as long is in one of them."""


@dataclass(frozen=True)
class Asked:
    """One query of a panel."""

    dashboard: str
    panel: str
    target: dict[str, Any]
    instant: bool

    def __str__(self) -> str:
        return f"{self.dashboard}-{self.panel}-{self.target['refId']}"


def asked(dashboard: dict[str, Any]) -> Iterator[Asked]:
    """Give every query of Prometheus and Loki; Tempo cannot be had here."""
    for panel in dashboard["panels"]:
        for target in panel.get("targets", ()):
            if target["datasource"]["type"] != "tempo":
                instant = target.get("instant") or target.get("queryType") == "instant"
                yield Asked(dashboard["title"], panel["title"], target, bool(instant))


def answered(
    one: Asked, metrics: Prometheus, logs: Loki, since: float, until: float
) -> list[float]:
    """Return the samples that a query answers, of lines their number."""
    window = f"{math.ceil(until - since)}s"
    query = filled(
        one.target["expr"], {"__range": window, "__rate_interval": "30s", "__interval": f"{STEP}s"}
    )
    loki = one.target["datasource"]["type"] == "loki"
    base = f"{logs.address}/loki/api/v1" if loki else f"{metrics.address}/api/v1"
    if one.instant:
        answer = ask(f"{base}/query", query=query, time=until)
    else:
        answer = ask(f"{base}/query_range", query=query, start=since, end=until, step=STEP)
    found = answer["data"]
    if found["resultType"] == "streams":
        return [float(len(stream["values"])) for stream in found["result"]]
    series = [
        [one["value"]] if found["resultType"] == "vector" else one["values"]
        for one in found["result"]
    ]
    return [float(value) for values in series for _, value in values]
