"""Loki, asked by its own API."""

import json
from dataclasses import dataclass
from typing import Any, NamedTuple

from .http import ask

MANY = 5000
"""As many lines as Loki gives at once."""


class Line(NamedTuple):
    """A line, the labels of its stream and what stands beside it, its time in ns."""

    text: str
    labels: dict[str, str]
    time: int

    @property
    def said(self) -> dict[str, Any]:
        """The line as the JSON object that it is."""
        return dict(json.loads(self.text))


@dataclass(frozen=True)
class Loki:
    """The API of a Loki at an address; it looks at all since `start` (seconds since 1970)."""

    address: str
    start: float

    def lines(self, query: str, end: float) -> list[Line]:
        """Return the lines that a query selects, oldest first."""
        answer = ask(
            f"{self.address}/loki/api/v1/query_range",
            query=query, start=self.start, end=end, limit=MANY, direction="forward",
        )  # fmt: skip
        found = [
            Line(text, stream["stream"], int(time))
            for stream in answer["data"]["result"]
            for time, text, *_ in stream["values"]
        ]
        assert len(found) < MANY, f"{query} selects more lines than Loki gives at once"
        return sorted(found, key=lambda line: line.time)

    def numbers(self, query: str, at: float) -> dict[str, float]:
        """Return what a query counts, by the one label that it counts by ("" where by none).

        `[since]` in the query is the time since the start.
        """
        window = query.replace("[since]", f"[{int(at - self.start) + 1}s]")
        answer = ask(f"{self.address}/loki/api/v1/query", query=window, time=at)
        return {
            next(iter(found["metric"].values()), ""): float(found["value"][1])
            for found in answer["data"]["result"]
        }
