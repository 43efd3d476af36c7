"""What the tests of ends share: a script that says something, and how much of it arrived."""

import signal

from labotel.viewer.receiver import Receiver

TERM = -signal.SIGTERM

SAY = """
    import logging, signal
    from opentelemetry import trace
    def say(n):
        for i in range(n):
            with trace.get_tracer("app").start_as_current_span("work"):
                order(1)
                logging.getLogger("app").warning("worked")
    def term():
        os.kill(os.getpid(), signal.SIGTERM)
"""
"""`say(n)` makes n counts, n records, n log lines and n spans."""


def said(receiver: Receiver) -> tuple[float, int, int, int]:
    """Return the counts, records, log lines and spans that arrived."""
    return (
        receiver.store.total("orders_total"),
        len([r for r in receiver.logs if r.event_name == "shop.ordered"]),
        len([r for r in receiver.logs if r.body == "worked"]),
        len([s for s in receiver.spans if s.name == "work"]),
    )
