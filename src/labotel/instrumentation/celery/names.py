"""Which queue a message came from, as a label: its name, where that names no host, worker or id."""

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Any, Final

from labotel.events.fields import OTHER_LABEL

UNKNOWN: Final = "unknown"
"""The queue of a message that does not say how it came."""

_OF_ONE: Final = re.compile(
    # A node of Celery's (worker@host); what its own exchanges end in; an id.
    r"@|\.pidbox$|^celeryev\b|[0-9a-f]{8}-?([0-9a-f]{4}-?){3}[0-9a-f]{12}",
    re.IGNORECASE,
)


@lru_cache(maxsize=1000)
def of_many(name: str) -> bool:
    """Tell whether a queue is there for more than one worker, call or client."""
    return _OF_ONE.search(name) is None


def queue_of(app: Any, delivery: Any) -> str:
    """Return the queue that a message came from; `other` where the app knows none.

    A message says its exchange and its routing key. By the default exchange, the key is the queue.
    """
    key = (delivery or {}).get("routing_key")
    if not isinstance(key, str) or not key:
        return UNKNOWN
    queues = app.amqp.queues
    exchange = delivery.get("exchange") or ""
    if key not in queues and exchange:
        key = next(_bound(queues, exchange, key), OTHER_LABEL)
    return key if of_many(key) else OTHER_LABEL


def _bound(queues: Any, exchange: str, key: str) -> Iterator[str]:
    """Give the queues into which an exchange puts what has a routing key: consumed ones first."""
    for queue in [*queues.consume_from.values(), *list(queues.values())]:
        for binding in (queue, *(queue.bindings or ())):
            of = binding.exchange
            if of is not None and of.name == exchange and _fits(of.type, binding.routing_key, key):
                yield queue.name


def _fits(kind: str, pattern: str | None, key: str) -> bool:
    if kind == "fanout":
        return True
    if kind == "topic":
        return _topic(pattern or "").fullmatch(f".{key}") is not None
    return pattern == key


@lru_cache(maxsize=1000)
def _topic(pattern: str) -> re.Pattern[str]:
    """Return a binding's words as a pattern: `*` is one word of a routing key, `#` any number."""
    words = {"*": r"\.[^.]+", "#": r"(\.[^.]+)*"}
    made = "".join(words.get(word, rf"\.{re.escape(word)}") for word in pattern.split("."))
    return re.compile(made)
