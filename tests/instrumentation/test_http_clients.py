"""Requests to other servers, by requests and by httpx: their spans, their metric, their trace."""

import json
from typing import Any

import pytest

from labotel.viewer.receiver import Receiver
from outgoing import SERVER
from running import run

CLIENTS = {
    "requests": """
import requests
def ask(path, method="GET", **more):
    return requests.request(method, url + path, **more)
lost = requests.RequestException
""",
    "httpx": """
import httpx
def ask(path, method="GET", **more):
    with httpx.Client(follow_redirects=True) as client:
        return client.request(method, url + path, **more)
lost = httpx.HTTPError
""",
    "httpx-async": """
import asyncio, httpx
def ask(path, method="GET", **more):
    async def asked():
        async with httpx.AsyncClient(follow_redirects=True) as client:
            return await client.request(method, url + path, **more)
    return asyncio.run(asked())
lost = httpx.HTTPError
""",
}


@pytest.fixture(params=CLIENTS)
def client(request: pytest.FixtureRequest) -> str:
    """The script that asks, by each client."""
    return SERVER + CLIENTS[request.param]


def sent(client: str, body: str, env: dict[str, str]) -> list[list[Any]]:
    """Return what the server got from a body: method, path, traceparent."""
    got: list[list[Any]] = json.loads(run(client + body + "\ntell()", env).splitlines()[-1])
    return got


def calls(receiver: Receiver) -> list[Any]:
    """The spans of calls that arrived."""
    return [s for s in receiver.spans if s.kind == "CLIENT"]


def test_a_call_is_a_span_and_a_duration(
    client: str, receiver: Receiver, environment: dict[str, str]
) -> None:
    """By OpenTelemetry's conventions; the server's name is a label, the path is none."""
    sent(client, "print(ask('/ok?token=canary-1').text)", environment)
    (span,) = calls(receiver)
    port = span.attributes["server.port"]
    assert (span.name, span.status) == ("GET", "UNSET")
    assert span.attributes == {
        "http.request.method": "GET",
        "http.response.status_code": 200,
        "server.address": "localhost",
        "server.port": port,
        "url.full": f"http://localhost:{port}/ok?[query]",
    }
    store = receiver.store
    name = "http_client_request_duration_seconds"
    assert store.total(name, method="GET", server="localhost", answer="2xx") == 1
    assert store.total(name) == 1


def test_the_trace_goes_along(client: str, receiver: Receiver, environment: dict[str, str]) -> None:
    """The server is told the trace, and the call's span as its parent."""
    body = """
from opentelemetry import trace
with trace.get_tracer("app").start_as_current_span("work"):
    ask("/ok")
    assert trace.get_current_span().name == "work"
"""
    ((_, _, traceparent),) = sent(client, body, environment)
    (span,) = calls(receiver)
    (work,) = [s for s in receiver.spans if s.name == "work"]
    assert span.parent_span_id == work.span_id and span.trace_id == work.trace_id
    assert traceparent.startswith(f"00-{span.trace_id}-{span.span_id}-0")


@pytest.mark.parametrize(("status", "answer"), [(404, "4xx"), (503, "5xx")])
def test_a_status_from_400_on_is_an_error_of_the_call(
    client: str, receiver: Receiver, environment: dict[str, str], status: int, answer: str
) -> None:
    """The span says which, as the conventions have it for clients."""
    sent(client, f"assert ask('/status/{status}').status_code == {status}", environment)
    (span,) = calls(receiver)
    assert span.status == "ERROR"
    assert span.attributes["error.type"] == str(status)
    name = "http_client_request_duration_seconds"
    assert receiver.store.total(name, answer=answer) == 1


def test_each_hop_of_a_redirect_is_a_call(
    client: str, receiver: Receiver, environment: dict[str, str]
) -> None:
    """As many spans as requests were sent, none inside another."""
    got = sent(client, "ask('/to/to/ok')", environment)
    spans = calls(receiver)
    assert [path for _, path, _ in got] == ["/to/to/ok", "/to/ok", "/ok"]
    assert [s.attributes["http.response.status_code"] for s in spans] == [302, 302, 200]
    assert [t.split("-")[2] for _, _, t in got] == [s.span_id for s in spans]
    assert all(not s.parent_span_id for s in spans)


@pytest.mark.parametrize("how", ["/gone", "/hang"])
def test_no_answer_is_an_error_that_goes_on(
    client: str, receiver: Receiver, environment: dict[str, str], how: str
) -> None:
    """The application gets the library's own exception; the span says its type."""
    body = f"""
try:
    ask({how!r} + "?token=canary-2", timeout=0.5)
except lost as error:
    print(type(error).__name__, error.request is not None)
else:
    raise SystemExit("it was answered")
"""
    out = run(client + body + "\ntell()", environment).splitlines()
    (span,) = calls(receiver)
    name, had_request = out[0].split()
    assert had_request == "True"
    assert (span.status, span.attributes["error.type"]) == ("ERROR", name)
    assert "http.response.status_code" not in span.attributes
    assert receiver.store.total("http_client_request_duration_seconds", answer="error") == 1
    assert "canary-2" not in repr([receiver.spans, receiver.logs, receiver.points])


def test_what_a_url_holds_stays_here(
    client: str, receiver: Receiver, environment: dict[str, str]
) -> None:
    """No user, password, query or fragment; a path's addresses go as in any text."""
    body = """
there = url
url = there.replace("//", "//canary-3:canary-4@")
ask("/a/jane.canary5@example.org/?q=canary-6#canary-7")
ask("/" + "segment/" * 400 + "end")
"""
    sent(client, body, environment)
    shown = [s.attributes["url.full"] for s in calls(receiver)]
    assert shown[0].endswith("/a/[email]/?[query]")
    assert len(shown[1]) <= 1000
    assert "canary" not in repr([receiver.spans, receiver.logs, receiver.points])


def test_strange_methods_and_servers_make_no_series_each(
    client: str, receiver: Receiver, environment: dict[str, str]
) -> None:
    """A method is one that is known or `other`; past 50 servers all others are one."""
    body = """
for method in ("PURGE", "BREW"):
    ask("/ok", method)
port, paths = server.server_port, url
for n in range(60):
    url = f"http://host{n}.localhost:{port}"
    try:
        ask("/ok", timeout=2)
    except lost:  # where such a name leads nowhere
        pass
"""
    sent(client, body, environment)
    points = [p for p in receiver.points if p.name == "http_client_request_duration_seconds"]
    assert {p.attributes["method"] for p in points} == {"GET", "other"}
    assert len({p.attributes["server"] for p in points}) <= 51
    name = "http_client_request_duration_seconds"
    assert receiver.store.total(name, server="other") == 11
    names = [s.name for s in calls(receiver)][:2]
    assert names == ["HTTP", "HTTP"]


def test_a_call_that_nobody_waits_for_is_no_error(
    receiver: Receiver, environment: dict[str, str]
) -> None:
    """A cancelled task's: the span is no error, the metric says `cancelled`."""
    body = """
async def impatient():
    async with httpx.AsyncClient() as client:
        try:
            async with asyncio.timeout(0.3):
                await client.get(url + "/hang")
        except TimeoutError:
            print("left")
asyncio.run(impatient())
"""
    sent(SERVER + CLIENTS["httpx-async"], body, environment)
    (span,) = calls(receiver)
    assert (span.status, span.attributes["error.type"]) == ("UNSET", "CancelledError")
    assert receiver.store.total("http_client_request_duration_seconds", answer="cancelled") == 1


def test_a_streamed_answer_is_left_to_its_reader(
    client: str, receiver: Receiver, environment: dict[str, str]
) -> None:
    """It arrives whole, piece by piece; the duration ends when its head was there."""
    stream = {
        "requests.request": "n = sum(map(len, requests.get(url + '/large', stream=True)))",
        "with httpx": "n = 0\nwith httpx.stream('GET', url + '/large') as r:\n"
        "    n = sum(map(len, r.iter_bytes()))",
        "asyncio": """
async def read():
    async with httpx.AsyncClient() as c, c.stream("GET", url + "/large") as r:
        return sum([len(part) async for part in r.aiter_bytes()])
n = asyncio.run(read())
""",
    }
    body = next(how for mark, how in reversed(stream.items()) if mark in client)
    sent(client, body + "\nassert n == 100_000, n", environment)
    assert len(calls(receiver)) == 1
