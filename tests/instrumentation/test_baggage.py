"""Baggage goes to allowed hosts alone: real requests to two local servers, one under each name."""

import json

import pytest

from labotel.instrumentation.baggage import allowed, host_of, take_out
from labotel.viewer.receiver import Receiver
from running import python, run

SERVER = """
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
got = []
class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        got.append((self.headers["Host"].split(":")[0], "traceparent" in self.headers,
                    self.headers.get("baggage")))
        to = self.path.partition("?to=")[2]
        self.send_response(302 if to else 200)
        if to:
            self.send_header("Location", to)
        self.send_header("Content-Length", "0")
        self.end_headers()
    def log_message(self, *args):
        pass
server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
threading.Thread(target=server.serve_forever, daemon=True).start()
ours, theirs = (f"http://{name}:{server.server_port}/" for name in ("localhost", "127.0.0.1"))
import json, requests
from opentelemetry import baggage, context, propagate, trace
from opentelemetry.instrumentation.requests import RequestsInstrumentor
RequestsInstrumentor().instrument()
context.attach(baggage.set_baggage("patient", "canary-7"))
def tell():
    print(json.dumps(got))
    labotel.shutdown()
"""
OURS = {"LABOTEL_BAGGAGE_HOSTS": "localhost"}
TO_US = ["localhost", True, "patient=canary-7"]
TO_THEM = ["127.0.0.1", True, None]


def sent(body: str, env: dict[str, str]) -> list[list[object]]:
    """Return host, whether a trace came, and the baggage, of each request that a body makes."""
    got: list[list[object]] = json.loads(run(SERVER + body + "\ntell()", env))
    return got


@pytest.mark.parametrize(
    ("hosts", "expected"),
    [
        (OURS, [TO_US, TO_THEM]),
        ({}, [["localhost", True, None], TO_THEM]),
        ({"LABOTEL_BAGGAGE_HOSTS": "127.0.0.1,localhost"},
         [TO_US, ["127.0.0.1", True, "patient=canary-7"]]),
    ],
)  # fmt: skip
@pytest.mark.parametrize("conventions", ["", "http", "http/dup"])
def test_only_allowed_hosts_get_baggage(
    receiver: Receiver,
    environment: dict[str, str],
    hosts: dict[str, str],
    expected: list[list[object]],
    conventions: str,
) -> None:
    """By default none; the trace goes to all; whichever names the client's span gives its host."""
    env = environment | hosts | {"OTEL_SEMCONV_STABILITY_OPT_IN": conventions}
    assert sent("requests.get(ours); requests.get(theirs)", env) == expected
    assert "canary-7" not in repr([receiver.spans, receiver.logs, receiver.points])


def test_a_redirect_takes_no_baggage_along(environment: dict[str, str]) -> None:
    """From an allowed host to another: the second request is to a third party."""
    got = sent("requests.get(f'{ours}?to={theirs}')", environment | OURS)
    assert got == [TO_US, TO_THEM]
    got = sent("requests.get(f'{ours}?to={ours}')", environment | OURS)
    assert got == [TO_US, TO_US]


def test_nobody_knows_where_a_call_goes_that_is_not_sampled(environment: dict[str, str]) -> None:
    """Its span has no attributes: no baggage, not even to an allowed host."""
    env = environment | OURS | {"OTEL_TRACES_SAMPLER": "always_off"}
    assert sent("requests.get(ours)", env) == [["localhost", True, None]]


def test_the_chosen_propagators_stand_inside(environment: dict[str, str]) -> None:
    """Who chose trace context alone gets no baggage anywhere; who chose none, nothing."""
    env = environment | OURS
    alone = sent("requests.get(ours)", env | {"OTEL_PROPAGATORS": "tracecontext"})
    assert alone == [["localhost", True, None]]
    assert sent("requests.get(ours)", env | {"OTEL_PROPAGATORS": "none"}) == [
        ["localhost", False, None]
    ]


def test_what_the_application_sets_later_is_guarded_too(environment: dict[str, str]) -> None:
    """A propagator that it sets itself, in this process and in a fork of it."""
    got = sent(
        """
from opentelemetry.baggage.propagation import W3CBaggagePropagator
propagate.set_global_textmap(W3CBaggagePropagator())
requests.get(ours); requests.get(theirs)
reading, writing = os.pipe()
if not os.fork():
    got.clear()
    headers = {}
    tracer = trace.get_tracer("app")
    for url in (ours, theirs):
        with tracer.start_as_current_span("x", kind=trace.SpanKind.CLIENT,
                                          attributes={"url.full": url}):
            propagate.inject(headers := {})
            os.write(writing, json.dumps(headers).encode() + b"\\n")
    os._exit(0)
os.wait()
got += [json.loads(line) for line in os.read(reading, 1000).splitlines()]
""",
        environment | OURS,
    )
    assert got == [
        ["localhost", False, "patient=canary-7"], ["127.0.0.1", False, None],
        {"baggage": "patient=canary-7"}, {},
    ]  # fmt: skip


def test_a_function_that_was_imported_before_the_guard_leads_past_it_no_more(
    environment: dict[str, str],
) -> None:
    """Names that a module has of its own: what they set is guarded where it is used."""
    script = """
import json
from opentelemetry.propagate import inject, set_global_textmap
import labotel
from opentelemetry import baggage
from opentelemetry.baggage.propagation import W3CBaggagePropagator
labotel.configure(instrument=[])
set_global_textmap(W3CBaggagePropagator())
inject(headers := {}, baggage.set_baggage("patient", "canary-7"))
print(json.dumps(headers))
"""
    assert python(script, environment).strip() == "{}"


def test_it_is_undone_and_done_again(environment: dict[str, str]) -> None:
    """After shutdown the very propagator and function are back; configured again, it is guarded."""
    got = sent(
        """
from opentelemetry.baggage.propagation import W3CBaggagePropagator
labotel.shutdown()
got.append([type(propagate.get_global_textmap()).__name__,
            propagate.set_global_textmap.__module__])
requests.get(theirs)
labotel.configure(catalogs=[catalog])
requests.get(theirs)
requests.get(f"{ours}?to={theirs}")
""",
        environment | OURS,
    )
    assert got == [
        ["CompositePropagator", "opentelemetry.propagate"],
        ["127.0.0.1", True, "patient=canary-7"],
        TO_THEM, TO_US, TO_THEM,
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("host", "fits"),
    [
        ("api.example.org", True), ("API.Example.Org", True), ("api.example.org.", True),
        ("a.b.example.net", True), ("example.net", False), ("badexample.net", False),
        ("example.org", False), ("api.example.org.evil.com", False), ("", False),
    ],
)  # fmt: skip
def test_which_hosts_are_allowed(host: str, fits: bool) -> None:
    """A name is itself; one with a dot before it is all below it, and not itself."""
    assert allowed(host, ("Api.example.org", ".example.net")) is fits
    assert not allowed(host, ())


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("https://u:p@Api.example.org:8443/x?y#z", "api.example.org"), ("http://[::1]:80/", "::1"),
        ("/path", None), ("", None), ("http://[broken", None),
        ("http://evil.com\\@api.example.org/", None),  # evil.com, as urllib3 and browsers read it
    ],
)  # fmt: skip
def test_the_host_of_a_url(url: str, host: str | None) -> None:
    """As the client reads it; None where it has none."""
    assert host_of(url) == host


def test_baggage_is_taken_out_of_a_mapping_alone() -> None:
    """A list of pairs stays as it is."""
    headers, pairs = {"baggage": "a=b", "x": "y"}, [("baggage", "a=b")]
    take_out(headers)
    take_out(pairs)
    assert (headers, pairs) == ({"x": "y"}, [("baggage", "a=b")])
