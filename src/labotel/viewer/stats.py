"""How much a receiver was sent, counted on arrival and without decoding it."""

from __future__ import annotations

import threading
from typing import TypedDict

from labotel.viewer.model import SIGNALS, Signal
from labotel.viewer.points import count_points
from labotel.viewer.wire import LogsRequest, Request, TraceRequest


class Counts(TypedDict):
    """The figures of `GET /stats`: by signal, then the number of items accepted."""

    requests: dict[Signal, int]
    refused: dict[Signal, int]
    bytes: dict[Signal, int]
    spans: int
    logs: int
    points: int


class Stats:
    """Requests and bytes of each signal, and the items in those that were accepted."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.clear()

    def clear(self) -> None:
        """Start again from zero."""
        with self._lock:
            self._requests = dict.fromkeys(SIGNALS, 0)
            self._refused = dict.fromkeys(SIGNALS, 0)
            self._bytes = dict.fromkeys(SIGNALS, 0)
            self._items = dict.fromkeys(SIGNALS, 0)

    def accepted(self, signal: Signal, request: Request, size: int) -> None:
        """Count a request that was answered with 200; `size` is its length on the wire."""
        items = count_items(request)
        with self._lock:
            self._requests[signal] += 1
            self._bytes[signal] += size
            self._items[signal] += items

    def turned_away(self, signal: Signal, size: int, status: int) -> None:
        """Count a request of which nothing was kept; from 400 on it was refused."""
        with self._lock:
            self._requests[signal] += 1
            self._refused[signal] += status >= 400
            self._bytes[signal] += size

    def counts(self) -> Counts:
        """All figures, taken at one moment."""
        with self._lock:
            return {
                "requests": dict(self._requests),
                "refused": dict(self._refused),
                "bytes": dict(self._bytes),
                "spans": self._items["traces"],
                "logs": self._items["logs"],
                "points": self._items["metrics"],
            }


def count_items(request: Request) -> int:
    """The number of spans, log records or points in a request."""
    if isinstance(request, TraceRequest):
        return sum(
            len(scope.spans) for group in request.resource_spans for scope in group.scope_spans
        )
    if isinstance(request, LogsRequest):
        return sum(
            len(scope.log_records) for group in request.resource_logs for scope in group.scope_logs
        )
    return count_points(request)
