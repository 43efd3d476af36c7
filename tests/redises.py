"""Processes that ask a Redis, for tests: what they begin with, and what was said of it."""

from collections.abc import Callable

from labotel.viewer.model import Span
from labotel.viewer.receiver import Receiver

ASK_REDIS = """
import asyncio, json, os, redis
from opentelemetry import trace
tracer = trace.get_tracer("app")
url = os.environ["REDIS"]
"""
Run = Callable[..., str]


def commands(receiver: Receiver) -> list[Span]:
    """Return the spans of what Redis was asked."""
    return [s for s in receiver.spans if s.attributes.get("db.system.name") == "redis"]


def counted(receiver: Receiver, status: str = "success") -> dict[str, float]:
    """Return how many commands were counted, by operation."""
    return {
        str(p.attributes["operation"]): p.value
        for p in receiver.points
        if p.name == "redis_client_operations_total" and p.attributes["status"] == status
    }


def measured(receiver: Receiver) -> dict[str, int]:
    """Return how many answers were measured, by operation."""
    return {
        str(p.attributes["operation"]): p.count
        for p in receiver.points
        if p.name == "redis_client_operation_duration_seconds"
    }
