"""The guarded propagator: by kind of span, where baggage may go, and what comes in."""

from collections.abc import Callable
from typing import Any

import pytest
from opentelemetry import baggage, trace
from opentelemetry.baggage.propagation import W3CBaggagePropagator
from opentelemetry.context import Context
from opentelemetry.propagators.composite import CompositePropagator
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.trace import SpanKind
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from labotel.instrumentation.propagator import GuardedPropagator
from labotel.viewer.receiver import Receiver
from running import python

CELERY = "opentelemetry.instrumentation.celery"
INNER = CompositePropagator([TraceContextTextMapPropagator(), W3CBaggagePropagator()])
GUARDED = GuardedPropagator(INNER, lambda: ("ours.example",))


def inside(kind: SpanKind, scope: str = "some.client", **attributes: Any) -> Context:
    """Return a context with baggage, in a span of this kind."""
    tracer = TracerProvider().get_tracer(scope)
    named = {key.replace("_", "."): value for key, value in attributes.items()}
    context = baggage.set_baggage("patient", "canary", Context())
    return trace.set_span_in_context(tracer.start_span("x", kind=kind, attributes=named), context)


@pytest.mark.parametrize(
    ("make", "goes"),
    [
        (lambda: inside(SpanKind.CLIENT, server_address="ours.example"), True),
        (lambda: inside(SpanKind.CLIENT, url_full="https://ours.example:1/x"), True),
        (lambda: inside(SpanKind.CLIENT, http_url="http://ours.example/"), True),
        (lambda: inside(SpanKind.CLIENT, server_address="theirs.example"), False),
        # All that is named must be allowed: one of them is where it really goes.
        (lambda: inside(SpanKind.CLIENT, server_address="ours.example",
                        url_full="http://theirs.example/"), False),
        (lambda: inside(SpanKind.CLIENT, url_full="/ours.example"), False),
        (lambda: inside(SpanKind.CLIENT), False),
        # A server's span names its own address, not where a call goes.
        (lambda: inside(SpanKind.SERVER, server_address="ours.example"), False),
        (lambda: inside(SpanKind.INTERNAL, server_address="ours.example"), False),
        (lambda: inside(SpanKind.CONSUMER, server_address="ours.example"), False),
        (lambda: inside(SpanKind.PRODUCER, CELERY), True),
        (lambda: inside(SpanKind.PRODUCER), False),
        (lambda: inside(SpanKind.PRODUCER, server_address="ours.example"), True),
        (lambda: baggage.set_baggage("patient", "canary", Context()), False),
    ],
)  # fmt: skip
def test_where_baggage_may_go(make: Callable[[], Context], goes: bool) -> None:
    """To a host that is named and allowed, and to the deployment's own tasks; else nowhere."""
    context, headers = make(), {"baggage": "patient=canary"}  # as a redirect brings it along
    GUARDED.inject(headers, context)
    span = trace.get_current_span(context)
    assert ("traceparent" in headers) is (span is not trace.INVALID_SPAN)
    assert headers.get("baggage") == ("patient=canary" if goes else None)
    assert baggage.get_all(context) == {"patient": "canary"}


def test_what_comes_in_is_taken_as_by_the_inner_one() -> None:
    """And its fields are the inner one's."""
    headers = {"traceparent": "00-" + "a" * 32 + "-" + "b" * 16 + "-01", "baggage": "a=b"}
    context = GUARDED.extract(headers)
    assert trace.get_current_span(context).get_span_context().trace_id == int("a" * 32, 16)
    assert baggage.get_all(context) == {"a": "b"}
    assert GUARDED.fields == INNER.fields


def test_a_strangers_baggage_reaches_no_span_line_or_label(
    receiver: Receiver, environment: dict[str, str]
) -> None:
    """The application may read it, and hand it to a task; labotel says nothing of it by itself."""
    python(
        """
import os
os.environ["DJANGO_SETTINGS_MODULE"] = "project.settings"
import django
django.setup()
import labotel
from django.test import Client
from opentelemetry import baggage
from project import urls
original, seen = urls.logger.info, []
def info(*args):
    seen.append(dict(baggage.get_all()))
    original(*args)
urls.logger.info = info
headers = {"baggage": "patient=canary-7,wrong entry canary-7", "traceparent": "x canary-7"}
assert Client().get("/order/1/", headers=headers).status_code == 200
assert Client().get("/order/2/").status_code == 200
assert seen == [{"patient": "canary-7"}, {}], seen
labotel.shutdown()
""",
        environment,
    )
    assert len([s for s in receiver.spans if s.kind == "SERVER"]) == 2
    assert "canary-7" not in repr([receiver.spans, receiver.logs, receiver.points])
    assert receiver.store.total("labotel_faults_total") == 0
