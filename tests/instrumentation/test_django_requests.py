"""Requests that end in other ways than with a response, and what their spans show."""

from labotel.viewer.receiver import Receiver
from running import python

ASGI = """
import asyncio, os, threading
os.environ["DJANGO_SETTINGS_MODULE"] = "project.settings"
import django
from django.conf import settings
from django.core.asgi import get_asgi_application
from django.http import HttpResponse
from django.urls import path
import labotel
application = get_asgi_application()
arrived = asyncio.Event()

async def slow(request):
    arrived.set()
    await asyncio.sleep(30)

async def leaving(request):
    raise SystemExit(3)

urlpatterns = [path("slow/", slow), path("leaving/", leaving)]
settings.ROOT_URLCONF = __name__

async def ask(path):
    scope = {"type": "http", "method": "GET", "path": path, "headers": [], "query_string": b"",
             "http_version": "1.1", "scheme": "http", "server": ("here", 80)}
    messages = iter([{"type": "http.request", "body": b""}])
    async def receive():
        for message in messages:
            return message
        await arrived.wait()
        return {"type": "http.disconnect"}
    async def send(message):
        pass
    await application(scope, receive, send)
"""


def test_a_client_that_goes_is_no_error_of_the_server(
    receiver: Receiver, environment: dict[str, str]
) -> None:
    """Its request is cancelled: 499, as nginx says it, and a span without an error."""
    python(ASGI + "asyncio.run(ask('/slow/'))\nlabotel.shutdown()", environment)
    store = receiver.store
    assert store.total("http_requests_total", status="499", endpoint="slow/") == 1
    assert store.total("http_requests_total") == 1
    (span,) = [s for s in receiver.spans if s.kind == "SERVER"]
    assert (span.name, span.status) == ("GET slow/", "UNSET")
    assert span.attributes["http.response.status_code"] == 499


def test_any_other_end_without_a_response_is_an_error(
    receiver: Receiver, environment: dict[str, str]
) -> None:
    """What ends the process in the middle of a request is a 500."""
    python(
        ASGI
        + """
try:
    asyncio.run(ask("/leaving/"))
except SystemExit:
    pass
labotel.shutdown()
""",
        environment,
    )
    assert receiver.store.total("http_requests_total", status="500", endpoint="leaving/") == 1
    (span,) = [s for s in receiver.spans if s.kind == "SERVER"]
    assert span.status == "ERROR"


def test_a_long_path_is_cut_before_it_is_scrubbed(
    receiver: Receiver, environment: dict[str, str]
) -> None:
    """Whole segments remain, so none shows half a secret; the request does not wait for more."""
    python(
        ASGI
        + """
from django.test import Client
client = Client(raise_request_exception=False)
client.get("/password=" + "a" * 980 + "/x/somebody@example.org/")
client.get("/" + "somebody@example.org/" * 100)
client.get("/" + "a" * 2000)
labotel.shutdown()
""",
        environment,
    )
    shown = [str(s.attributes["url.path"]) for s in receiver.spans if s.kind == "SERVER"]
    assert shown[0] == "/password=[secret]"
    assert shown[1] == ("/[email]" * 48)[:200]
    assert shown[2] == ""


def test_a_trace_comes_in_by_whichever_propagator_was_chosen(
    receiver: Receiver, environment: dict[str, str]
) -> None:
    """Not by W3C's header alone: OTEL_PROPAGATORS, or the application, may choose another."""
    python(
        ASGI
        + """
from django.http import HttpResponse
from django.test import Client
from opentelemetry import propagate, trace
from opentelemetry.propagators.textmap import TextMapPropagator
class Own(TextMapPropagator):
    fields = {"X-Own-Trace"}
    def inject(self, *args, **kwargs):
        pass
    def extract(self, carrier, context=None, getter=None):
        ids = [int(part, 16) for part in carrier["x-own-trace"].split("-")]
        sent = trace.SpanContext(*ids, is_remote=True, trace_flags=trace.TraceFlags(1))
        return trace.set_span_in_context(trace.NonRecordingSpan(sent), context)
urlpatterns.append(path("", lambda request: HttpResponse()))
Client().get("/")
propagate.set_global_textmap(Own())
Client().get("/", headers={"X-Own-Trace": "a" * 32 + "-" + "b" * 16})
labotel.shutdown()
""",
        environment,
    )
    first, second = (s for s in receiver.spans if s.kind == "SERVER")
    assert first.trace_id != second.trace_id == "a" * 32
    assert second.parent_span_id == "b" * 16


def test_a_server_that_is_called_as_its_host_does_not_say_so(
    receiver: Receiver, environment: dict[str, str]
) -> None:
    """As `runserver 0.0.0.0:8000` calls itself; any other name or address stays."""
    python(
        ASGI
        + """
import socket
from django.test import Client
host = socket.gethostname()
for name in (host, host.upper() + ".example.org", "lab.example.org", "10.0.0.5"):
    Client().get("/", SERVER_NAME=name)
labotel.shutdown()
""",
        environment,
    )
    shown = [s.attributes["server.address"] for s in receiver.spans if s.kind == "SERVER"]
    assert shown == ["[host]", "[host]", "lab.example.org", "[ip]"]
