"""What may be chosen of requests: their label, slow ones, what responses say of them."""

import re
from collections.abc import Callable

from labotel.viewer.receiver import Receiver

RunDjango = Callable[..., str]

VIEWS = """
import asyncio
from django.http import HttpResponse, StreamingHttpResponse
from django.test import AsyncClient, Client
from django.urls import include, path

def plain(request, number=0):
    return HttpResponse("ok")

async def streaming(request):
    async def parts():
        yield b"a"
    return StreamingHttpResponse(parts())

def broken(request):
    raise LookupError

def slow(request):
    time.sleep(0.03)
    return HttpResponse("ok")

async def never(request):
    arrived.set()
    await asyncio.sleep(60)

shop = ([path("order/<int:number>/", plain, name="order-detail")], "shop")
urlpatterns = [
    path("shop/", include(shop)), path("named/", plain, name="named"), path("plain/", plain),
    path("streaming/", streaming), path("broken/", broken), path("slow/", slow),
    path("never/", never),
]
settings.ROOT_URLCONF = __name__
client = Client(raise_request_exception=False)
async_client = AsyncClient(raise_request_exception=False)
"""


def test_the_endpoint_may_be_the_name_of_the_url(receiver: Receiver, run_django: RunDjango) -> None:
    """With its namespace; without a name, the view's. The span has the route as ever."""
    run_django(
        VIEWS
        + """
work()
for path in ("shop/order/7/", "named/", "plain/", "nowhere/"):
    client.get("/" + path)
assert total("http_requests_in_progress") == 0
labotel.shutdown()
""",
        LABOTEL_ENDPOINT_LABEL="view",
    )
    names = {"shop:order-detail", "named", "__main__.plain"}
    for metric, expected in (
        ("http_requests_total", names | {"unmatched"}),
        ("http_response_size_bytes", names | {"unmatched"}),
        ("http_requests_in_progress", names),
    ):
        shown = {p.attributes["endpoint"] for p in receiver.points if p.name == metric}
        assert (metric, shown) == (metric, expected)
    first = next(s for s in receiver.spans if s.kind == "SERVER")
    assert first.name == "GET shop/order/<int:number>/"


ASKED = "X-Response-Time, traceparent, Server-Timing"


def test_a_response_says_what_was_asked_for(receiver: Receiver, run_django: RunDjango) -> None:
    """Whichever way it was made: a stream, an error, no route, by WSGI's and by ASGI's handler."""
    out = run_django(
        VIEWS
        + """
paths = ("/plain/", "/streaming/", "/broken/", "/nowhere/")
for path in paths:
    answers = [asyncio.run(async_client.get(path))]
    if path != "/streaming/":
        answers.append(client.get(path))
    for answer in answers:
        print(*(answer.headers[n] for n in ("X-Response-Time", "Server-Timing", "traceparent")))
labotel.shutdown()
""",
        LABOTEL_RESPONSE_HEADERS=ASKED,
    )
    spans = [s for s in receiver.spans if s.kind == "SERVER"]
    lines = out.splitlines()
    assert len(lines) == len(spans) == 7
    for line, span in zip(lines, spans, strict=True):
        took, timing, parent = line.split()
        version, trace, parent_id, flags = parent.split("-")
        assert (version, trace, parent_id) == ("00", span.trace_id, span.span_id)
        assert int(flags, 16) & 1  # sampled; the SDK may say that its ids are random, too
        assert re.fullmatch(r"\d+\.\d{3}ms", took)
        assert timing == f"app;dur={took.removesuffix('ms')}"
        assert float(took.removesuffix("ms")) <= (span.end_ns - span.start_ns) / 1e6


def test_a_trace_of_the_callers_is_not_said_to_be_this_requests(run_django: RunDjango) -> None:
    """Where OpenTelemetry's package makes the span, labotel has none of its own to name."""
    out = run_django(
        VIEWS
        + """
given = {"traceparent": "00-" + "a" * 32 + "-" + "b" * 16 + "-01"}
answer = client.get("/plain/", headers=given)
print(sorted(answer.headers))
labotel.shutdown()
""",
        LABOTEL_RESPONSE_HEADERS=ASKED,
        LABOTEL_INSTRUMENT="opentelemetry-django",
    )
    assert out.strip() == "['Content-Type', 'Server-Timing', 'X-Response-Time']"


def test_a_response_says_nothing_unasked(run_django: RunDjango) -> None:
    """Its headers are the application's."""
    out = run_django(VIEWS + "print(sorted(client.get('/plain/').headers))")
    assert out.strip() == "['Content-Type']"


def test_a_header_that_is_not_known_is_said() -> None:
    """With what is allowed."""
    from labotel.export.settings import resolve

    settings, problems = resolve({"response_headers": "x-response-time,x-trace"}, {}, {})
    (problem,) = problems
    assert problem == (
        "response_headers='x-response-time,x-trace': allowed: any of 'x-response-time', "
        "'traceparent', 'server-timing', with commas"
    )
    assert settings.response_headers == ()


def test_a_slow_request_is_a_warning_in_its_trace(
    receiver: Receiver, run_django: RunDjango
) -> None:
    """One record, in ms, for whom the request was; a fast one is none; no metric counts it."""
    run_django(
        VIEWS + "client.get('/slow/')\nclient.get('/plain/')\nlabotel.shutdown()",
        LABOTEL_SLOW_REQUEST="0.02",
    )
    (record,) = [r for r in receiver.logs if r.event_name == "http.server.slow_request"]
    assert (record.body, record.severity_text) == ("slow request", "WARN")
    expected = {
        "method": "GET", "endpoint": "slow/", "status_code": 200, "view": "__main__.slow",
    }  # fmt: skip
    assert {name: record.attributes[name] for name in expected} == expected
    duration = record.attributes["duration"]
    assert isinstance(duration, float)
    assert 30 <= duration < 20_000
    (span,) = [s for s in receiver.spans if s.attributes.get("http.route") == "slow/"]
    assert (record.trace_id, record.span_id) == (span.trace_id, span.span_id)
    assert span.events == ()


def test_no_request_is_slow_where_nobody_wants_to_know(
    receiver: Receiver, run_django: RunDjango
) -> None:
    """0 is never; and by itself it is two seconds."""
    run_django(VIEWS + "client.get('/slow/')\nlabotel.shutdown()", LABOTEL_SLOW_REQUEST="0")
    run_django(VIEWS + "client.get('/slow/')\nlabotel.shutdown()")
    assert [r for r in receiver.logs if r.event_name == "http.server.slow_request"] == []


def test_a_slow_request_that_is_cancelled_is_said(
    receiver: Receiver, run_django: RunDjango
) -> None:
    """Its client went: nobody's error, but long enough."""
    run_django(
        VIEWS
        + """
async def main():
    global arrived
    arrived = asyncio.Event()
    waiting = asyncio.create_task(async_client.get("/never/"))
    await arrived.wait()
    waiting.cancel()
    await asyncio.gather(waiting, return_exceptions=True)
asyncio.run(main())
labotel.shutdown()
""",
        LABOTEL_SLOW_REQUEST="0.000001",
    )
    (record,) = [r for r in receiver.logs if r.event_name == "http.server.slow_request"]
    assert record.attributes["status_code"] == 499
