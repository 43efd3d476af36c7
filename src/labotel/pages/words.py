"""The pages in words, for a terminal."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from labotel.pages.values import shown


def metrics_in_words(found: Iterable[Mapping[str, Any]]) -> str:
    """Return a line for each series, as Prometheus writes its name."""
    lines = [line for metric in found for line in _metric(metric)]
    return "\n".join(lines) or "nothing was measured yet"


def _metric(metric: Mapping[str, Any]) -> Iterator[str]:
    for one in metric["series"]:
        labels = shown(one["labels"], one["labels"].values())
        name = f"{metric['metric']}{{{labels}}}" if labels else metric["metric"]
        value = one["value"] if "value" in one else f"{one['count']} (sum {one['sum']:g})"
        yield f"{name} {value}"


def health_in_words(report: Mapping[str, Any]) -> str:
    """Return a line for each check, and the whole."""
    checks = report["checks"]
    width = max(map(len, checks), default=0)
    lines = [
        f"{name:<{width}}  {one['status']:<9}  {one['ms']:>7.1f} ms  {one['detail']}".rstrip()
        for name, one in checks.items()
    ]
    return "\n".join([*lines, report["status"]])
