"""Prometheus, asked by its own API."""

from dataclasses import dataclass
from typing import Any

from prometheus_client import Metric
from prometheus_client.samples import Sample

from metrics_page import Page

from .http import ask

WHO = frozenset({
    "job", "instance", "service_name", "service_namespace", "service_instance_id",
    "deployment_environment_name",
})  # fmt: skip
"""Labels that say who measured; the others say what."""


@dataclass(frozen=True)
class Prometheus:
    """The API of a Prometheus at an address."""

    address: str

    def query(self, query: str, at: float | None = None) -> list[tuple[dict[str, str], float]]:
        """Return each series of an instant query with its value."""
        when = {} if at is None else {"time": at}
        answer = ask(f"{self.address}/api/v1/query", query=query, **when)
        return [(found["metric"], float(found["value"][1])) for found in answer["data"]["result"]]

    def number(self, query: str, at: float | None = None) -> float:
        """Return the one number that a query answers."""
        found = self.query(query, at)
        assert len(found) == 1, f"{query}: {found}"
        return found[0][1]

    def exemplars(self, query: str, start: float, end: float) -> list[dict[str, Any]]:
        """Return the exemplars of the series that a query selects."""
        answer = ask(f"{self.address}/api/v1/query_exemplars", query=query, start=start, end=end)
        return [one for series in answer["data"] for one in series["exemplars"]]

    def page(self, at: float, namespace: str = "lab") -> Page:
        """Return what a namespace's services measured, as it stood at a moment, without who did."""
        return _page(self.query(f'{{service_namespace="{namespace}"}}', at))


def _page(found: list[tuple[dict[str, str], float]]) -> Page:
    histograms = {
        name.removesuffix("_bucket")
        for series, _ in found
        if (name := series["__name__"]).endswith("_bucket")
    }
    families: dict[str, Metric] = {}
    for series, value in found:
        name = series["__name__"]
        family, kind = _family(name, histograms)
        if family not in families:
            # As prometheus_client has it: a counter's family is without `_total`.
            families[family] = Metric(family.removesuffix("_total"), family, kind)
        labels = {key: text for key, text in series.items() if key not in {*WHO, "__name__"}}
        families[family].samples.append(Sample(name, labels, value))
    return Page(families)


def _family(name: str, histograms: set[str]) -> tuple[str, str]:
    for suffix in ("_bucket", "_count", "_sum"):
        if name.endswith(suffix) and name.removesuffix(suffix) in histograms:
            return name.removesuffix(suffix), "histogram"
    return name, "counter" if name.endswith("_total") else "gauge"
