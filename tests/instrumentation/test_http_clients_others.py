"""Clients that somebody else observes too, baggage, and clients that are observed no more."""

import json
from typing import Any

import pytest

from labotel.viewer.receiver import Receiver
from outgoing import SERVER
from running import run

ASK = """
import requests, httpx
def ask():
    requests.get(url + "/ok")
    httpx.get(url + "/ok")
"""


def sent(body: str, env: dict[str, str]) -> list[list[Any]]:
    """Return what the server got from a body."""
    got: list[list[Any]] = json.loads(run(SERVER + ASK + body + "\ntell()", env).splitlines()[-1])
    return got


@pytest.mark.parametrize("when", ["before", "after"])
def test_what_opentelemetrys_package_observes_is_observed_once(
    receiver: Receiver, environment: dict[str, str], when: str
) -> None:
    """By that package; labotel says so once and goes on with what it does not observe."""
    theirs = """
import logging, sys
logging.getLogger("labotel").setLevel(logging.INFO)
logging.getLogger("labotel").addHandler(logging.StreamHandler(sys.stdout))
from opentelemetry.instrumentation.requests import RequestsInstrumentor
RequestsInstrumentor().instrument()
"""
    again = "labotel.shutdown(); labotel.configure(catalogs=[catalog])\n"
    body = theirs + (again if when == "before" else "") + "ask(); ask()"
    *said, last = run(SERVER + ASK + body + "\ntell()", environment).splitlines()
    got = json.loads(last)
    assert len(got) == 4 and all(traceparent for _, _, traceparent in got)
    spans = [s for s in receiver.spans if s.kind == "CLIENT"]
    assert (
        sorted(s.scope for s in spans)
        == ["labotel"] * 2 + ["opentelemetry.instrumentation.requests"] * 2
    )
    assert receiver.store.total("http_client_request_duration_seconds") == 2
    assert said == [
        (
            "labotel: opentelemetry.instrumentation.requests observes this client already,"
            " so labotel does not"
        )
    ]


def test_what_is_suppressed_is_not_observed(
    receiver: Receiver, environment: dict[str, str]
) -> None:
    """By OpenTelemetry's own key, as its packages set it."""
    body = """
from opentelemetry.instrumentation.utils import suppress_http_instrumentation
from opentelemetry.instrumentation.utils import suppress_instrumentation
for quietly in (suppress_http_instrumentation, suppress_instrumentation):
    with quietly():
        ask()
"""
    assert [traceparent for *_, traceparent in sent(body, environment)] == [None] * 4
    assert [s for s in receiver.spans if s.kind == "CLIENT"] == []


@pytest.mark.parametrize(("hosts", "many"), [("localhost", 2), ("example.org", 0)])
def test_baggage_goes_to_allowed_hosts_alone(
    environment: dict[str, str], hosts: str, many: int
) -> None:
    """The guard of the propagator knows the host by the call's span."""
    body = """
from opentelemetry import baggage, context
context.attach(baggage.set_baggage("patient", "canary-7"))
kept = []
Handler.log_request = lambda handler, *args: kept.append(handler.headers.get("baggage"))
ask()
print(sum(value == "patient=canary-7" for value in kept), len(kept))
"""
    out = run(SERVER + ASK + body, environment | {"LABOTEL_BAGGAGE_HOSTS": hosts})
    assert out.split() == [str(many), "2"]


def test_what_is_not_chosen_is_not_observed(
    receiver: Receiver, environment: dict[str, str]
) -> None:
    """`instrument` names what is; each client can be left out."""
    got = sent("ask()", environment | {"LABOTEL_INSTRUMENT": "requests"})
    assert [bool(traceparent) for *_, traceparent in got] == [True, False]
    assert len([s for s in receiver.spans if s.kind == "CLIENT"]) == 1


def test_the_classes_get_their_own_methods_back(environment: dict[str, str]) -> None:
    """After `shutdown` nothing of labotel's stands there, and calls go on as before."""
    body = """
def own():
    return (requests.adapters.HTTPAdapter.send, httpx.HTTPTransport.handle_request,
            httpx.AsyncHTTPTransport.handle_async_request)
assert all(hasattr(method, "__wrapped__") for method in own())
originals = [method.__wrapped__ for method in own()]
labotel.shutdown()
assert list(own()) == originals
ask()
"""
    assert [t for *_, t in sent(body, environment)] == [None, None]


def test_a_socket_in_a_file_says_no_path(receiver: Receiver, environment: dict[str, str]) -> None:
    """An adapter for other schemes may have a path where a host would be."""
    body = """
class Local(requests.adapters.HTTPAdapter):
    def get_connection_with_tls_context(self, *args, **kwargs):
        raise requests.ConnectionError("nobody")
session = requests.Session()
session.mount("http+unix://", Local())
try:
    session.get("http+unix://%2Fhome%2Fcanary%2Fsock/x")
except requests.ConnectionError:
    pass
"""
    sent(body, environment)
    (span,) = [s for s in receiver.spans if s.kind == "CLIENT"]
    assert "server.address" not in span.attributes and "url.full" not in span.attributes
    name = "http_client_request_duration_seconds"
    assert receiver.store.total(name, server="other", answer="error") == 1
    assert "canary" not in repr([receiver.spans, receiver.logs, receiver.points])
