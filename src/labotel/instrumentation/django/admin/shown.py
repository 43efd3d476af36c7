"""What the templates of the admin show, made of what the pages say."""

from collections.abc import Mapping
from typing import Any, Final

from labotel.pages.increment import Increments
from labotel.pages.values import shown

MOST: Final = 100
"""Series of a metric that its page lists; the files have all."""


def metrics_shown(found: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return each metric with its first series and one number for all."""
    return [
        {
            **metric,
            "count": len(metric["series"]),
            "sum": _sum(metric),
            "rows": [
                {"labels": shown(one["labels"], one["labels"].values()), "value": _value(one)}
                for one in metric["series"][:MOST]
            ],
            "more": max(0, len(metric["series"]) - MOST),
        }
        for metric in found
    ]


def _value(one: Mapping[str, Any]) -> str:
    if "count" in one:
        return f"{one['count']} (Σ {_number(one['sum'])})"
    return _number(one["value"])


def _sum(metric: Mapping[str, Any]) -> str:
    """Return the sum of the series of what adds up, else the value of a single one."""
    series = metric["series"]
    if metric["type"] == "histogram":
        return _number(sum(one["count"] for one in series))
    numbers = [one["value"] for one in series if not isinstance(one["value"], str)]
    if metric["type"] == "gauge" and len(series) != 1:
        return ""
    return _number(sum(numbers))


def _number(value: Any) -> str:
    """Return a number as it is, in no language's own way: it is copied into queries."""
    return f"{value:.6g}" if isinstance(value, float) else str(value)


class Form:
    """The form that adds to a counter: a field for each label of the one that was chosen."""

    def __init__(self, increments: Increments, given: Mapping[str, Any]) -> None:
        self._given = given
        self.counters = sorted(increments.counters)
        self.metric = str(given.get("metric", ""))
        self.value = str(given.get("value", "1"))
        self._counter = increments.counters.get(self.metric)

    @property
    def chosen(self) -> bool:
        """Whether a counter was chosen."""
        return self._counter is not None

    @property
    def whole(self) -> bool:
        """Whether it counts in whole numbers."""
        return self._counter is None or self._counter.whole

    @property
    def labels(self) -> list[dict[str, Any]]:
        """A field for each label: a list of what is known, else a text."""
        counter = self._counter
        if counter is None:
            return []
        return [
            {
                "name": label,
                "choices": field.label_values,
                "given": str(self._given.get(f"label_{label}", "")),
            }
            for label, field in zip(counter.measure.by, counter.fields, strict=True)
        ]

    def asked(self) -> dict[str, Any]:
        """Return what was filled in, to be judged as a body of the page is."""
        return {
            "metric": self.metric,
            "value": _read(self.value),
            "labels": {label["name"]: label["given"] for label in self.labels},
        }


def _read(text: str) -> Any:
    for kind in (int, float):
        try:
            return kind(text)
        except ValueError:
            continue
    return text
