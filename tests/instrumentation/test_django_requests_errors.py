"""What a request may fail by, and that nothing which a client makes up is a series."""

from collections.abc import Callable

from labotel.viewer.receiver import Receiver

RunDjango = Callable[..., str]

VIEWS = """
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.test import AsyncClient, Client
from django.urls import path

def broken(request):
    raise LookupError("no such thing: someone@example.org")

async def broken_async(request):
    raise ZeroDivisionError

def missing(request, number):
    raise Http404

def denied(request):
    raise PermissionDenied

def leaving(request):
    raise SystemExit(3)

class Page:
    def __call__(self, request):
        return HttpResponse("ok", status=503)

urlpatterns = [
    path("broken/", broken), path("async/", broken_async), path("missing/<int:number>/", missing),
    path("denied/", denied), path("leaving/", leaving), path("page/", Page()),
]
settings.ROOT_URLCONF = __name__
client = Client(raise_request_exception=False)
"""


def test_exceptions_are_counted_by_their_type(receiver: Receiver, run_django: RunDjango) -> None:
    """What the application did not handle; a 404 and a 403 are answers."""
    run_django(
        VIEWS
        + """
import asyncio
client.get("/broken/")
client.get("/broken/")
asyncio.run(AsyncClient(raise_request_exception=False).get("/async/"))
client.get("/missing/1/")
client.get("/denied/")
try:
    client.get("/leaving/")
except SystemExit:
    pass
labotel.shutdown()
"""
    )
    name, total = "http_exceptions_total", receiver.store.total
    assert total(name, endpoint="broken/", exception_type="LookupError") == 2
    assert total(name, endpoint="async/", exception_type="ZeroDivisionError") == 1
    assert total(name, endpoint="leaving/", exception_type="SystemExit") == 1
    assert total(name) == 4
    assert total("http_requests_total", status="500") == 4
    spans = {s.attributes["http.route"]: s for s in receiver.spans if s.kind == "SERVER"}
    assert spans["broken/"].attributes["error.type"] == "LookupError"
    assert "error.type" not in spans["missing/<int:number>/"].attributes


def test_an_error_without_an_exception_is_told_by_its_status(
    receiver: Receiver, run_django: RunDjango
) -> None:
    """As OpenTelemetry's conventions have it; and no exception is counted."""
    run_django(VIEWS + "client.get('/page/')\nlabotel.shutdown()")
    (span,) = [s for s in receiver.spans if s.kind == "SERVER"]
    assert (span.status, span.attributes["error.type"]) == ("ERROR", "503")
    assert receiver.store.total("http_exceptions_total") == 0


def test_a_span_names_its_view(receiver: Receiver, run_django: RunDjango) -> None:
    """The function, or the class of an object that is called; none where nothing matched."""
    run_django(
        VIEWS + "for at in ('broken', 'page', 'nowhere'): client.get(f'/{at}/')\nlabotel.shutdown()"
    )
    shown = [s.attributes.get("code.function.name") for s in receiver.spans if s.kind == "SERVER"]
    assert shown == ["__main__.broken", "__main__.Page", None]


def test_a_host_that_is_refused_is_seen(receiver: Receiver, run_django: RunDjango) -> None:
    """A 400 of one route value, however many hosts are tried."""
    run_django(
        VIEWS
        + """
settings.ALLOWED_HOSTS = ["lab.example.org"]
settings.MIDDLEWARE = ["django.middleware.common.CommonMiddleware"]
for n in range(20):
    answer = client.get("/page/", headers={"Host": f"evil{n}.example.com"})
    assert answer.status_code == 400
labotel.shutdown()
"""
    )
    store = receiver.store
    assert store.total("http_requests_total", endpoint="unmatched", status="400") == 20
    assert len({str(p.attributes) for p in store.points if p.name == "http_requests_total"}) == 1


def test_nothing_that_a_client_makes_up_is_a_series(
    receiver: Receiver, run_django: RunDjango
) -> None:
    """Paths, methods, hosts, headers and lengths by the hundred: one series each, and no fault."""
    run_django(
        VIEWS
        + r"""
for n in range(100):
    client.generic(
        f"M{n}\x00\u2603", f"/no/{n}/\u2603%00{'x' * n}/", data=b"",
        SERVER_NAME=f"h{n}\u2603.example", SERVER_PORT=str(n), CONTENT_LENGTH=str(-n - 1),
        HTTP_TRACEPARENT="00-" + "f" * n, HTTP_TRACESTATE="\x00=" * n, HTTP_BAGGAGE="a=" + "b" * n,
        HTTP_USER_AGENT="\x00" * n, HTTP_CONTENT_TYPE=f"t{n}/x", HTTP_X_FORWARDED_FOR=f"{n}",
    )
    client.get(f"/missing/{n}/")
labotel.shutdown()
"""
    )
    series = {
        (p.name, *(v for k, v in sorted(p.attributes.items())))
        for p in receiver.points
        if p.name in ("http_requests_total", "http_request_duration_seconds")
    }
    assert {s[1:] for s in series} == {
        ("unmatched", "other", "404"),
        ("missing/<int:number>/", "GET", "404"),
    }
    assert receiver.store.total("http_requests_total") == 200
    assert receiver.store.total("http_request_size_bytes") == 0
    assert receiver.store.total("labotel_faults_total") == 0
