"""Which queue a message came from, by its exchange and its routing key."""

import pytest
from celery import Celery
from kombu import Exchange, Queue, binding

from labotel.instrumentation.celery.names import of_many, queue_of


@pytest.fixture
def app() -> Celery:
    """An app with queues of each kind of exchange."""
    made = Celery("x", broker="memory://", set_as_current=False)
    topics, direct = Exchange("topics", "topic"), Exchange("direct", "direct")
    made.conf.task_queues = [
        Queue("plain"),
        Queue("orders", topics, routing_key="orders.*"),
        Queue("all-of-shop", topics, routing_key="shop.#"),
        Queue("named", direct, routing_key="some-key"),
        Queue("each", Exchange("wide", "fanout")),
        Queue("several", bindings=[binding(direct, "a"), binding(direct, "b")]),
    ]
    return made


@pytest.mark.parametrize(
    ("exchange", "key", "queue"),
    [
        ("", "plain", "plain"),
        (None, "plain", "plain"),
        ("", "not-known-here", "not-known-here"),  # the default exchange: the key is the queue
        ("plain", "plain", "plain"),
        ("topics", "orders.4711", "orders"),
        ("topics", "orders.4711.new", "other"),
        ("topics", "shop", "all-of-shop"),
        ("topics", "shop.eu.berlin", "all-of-shop"),
        ("topics", "shopping", "other"),
        ("direct", "some-key", "named"),
        ("direct", "b", "several"),
        ("direct", "nobody's", "other"),
        ("wide", "anything", "each"),
        ("elsewhere", "9f1b0c86-7e1c-4f0e-9a55-0d9c3f1f2a11", "other"),
        ("", "9f1b0c86-7e1c-4f0e-9a55-0d9c3f1f2a11", "other"),
        ("", "9F1B0C867E1C4F0E9A550D9C3F1F2A11.reply", "other"),
        ("", "celery@web-7.celery.pidbox", "other"),
        ("", "celeryev.1234", "other"),
        ("", "", "unknown"),
        ("", None, "unknown"),
        ("", 7, "unknown"),
    ],
)
def test_a_message_is_of_the_queue_that_its_key_leads_to(
    app: Celery, exchange: str | None, key: object, queue: str
) -> None:
    """Never its routing key as such, which may be an order's number."""
    assert queue_of(app, {"exchange": exchange, "routing_key": key}) == queue


def test_a_message_that_says_nothing_is_of_no_known_queue(app: Celery) -> None:
    """A task that runs eagerly has none."""
    assert queue_of(app, None) == queue_of(app, {}) == "unknown"


@pytest.mark.parametrize(
    "name", ["celery", "high-priority", "emails_v2", "facade-1234", "deadbeef"]
)
def test_names_of_queues_are_kept(name: str) -> None:
    """Hexadecimal words too, where they are no id."""
    assert of_many(name)
