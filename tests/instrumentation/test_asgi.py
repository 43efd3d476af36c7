"""`labotel.asgi.Middleware`: plain ASGI applications, routers, and clients that go away."""

import os
import sys
from typing import Any

import pytest

from conftest import Start
from labotel.viewer.receiver import Receiver
from running import end, free_port, get, python, run, wait_for_page

ASKED = """
import asyncio
from opentelemetry import trace
import labotel.asgi
sent = []
async def answer(send, status=200, body=b"ok", more=False, headers=()):
    await send({"type": "http.response.start", "status": status, "headers": list(headers)})
    await send({"type": "http.response.body", "body": body, "more_body": more})
def ask(application, path="/", method="GET", headers=(), messages=None, **more):
    scope = {"type": "http", "method": method, "path": path, "headers": list(headers),
             "query_string": b"", "http_version": "1.1", "scheme": "http",
             "server": ("shop.example.org", 80), **more}
    waiting = iter(messages or [{"type": "http.request", "body": b""}])
    async def receive():
        for message in waiting:
            return message
        await asyncio.sleep(30)
    async def send(message):
        sent.append(message)
    asyncio.run(application(scope, receive, send))
    assert trace.get_current_span() is trace.INVALID_SPAN
class Route:
    def __init__(self, path): self.path = path
"""
STATUS = "http_requests_total"


def spans(receiver: Receiver) -> list[Any]:
    """The spans of requests that arrived."""
    return [s for s in receiver.spans if s.kind == "SERVER"]


def ask(body: str, env: dict[str, str]) -> str:
    """Run a body that asks applications."""
    return run(ASKED + body + "\nlabotel.shutdown()", env)


def test_a_plain_application_has_one_endpoint(
    receiver: Receiver, environment: dict[str, str]
) -> None:
    """Paths, methods, hosts and headers make no series; a trace comes in."""
    trace, parent = "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"
    body = f"""
async def application(scope, receive, send):
    assert trace.get_current_span().is_recording()
    await answer(send, 404 if "canary" in scope["path"] else 200)
middleware = labotel.asgi.Middleware(application)
ask(middleware, headers=[(b"Traceparent", b"00-{trace}-{parent}-01")])
for n in range(20):
    ask(middleware, f"/canary/{{n}}", f"M{{n}}", [(b"host", b"canary%d" % n), (b"\\xff", b"\\xfe")])
"""
    ask(body, environment)
    store = receiver.store
    assert store.total(STATUS, method="GET", endpoint="*", status="200") == 1
    assert store.total(STATUS, method="other", endpoint="*", status="404") == 20
    assert store.total(STATUS) == 21
    first = spans(receiver)[0]
    assert (first.trace_id, first.parent_span_id) == (trace, parent)
    assert first.attributes["server.address"] == "shop.example.org"


def test_a_routers_route_is_the_endpoint(receiver: Receiver, environment: dict[str, str]) -> None:
    """FastAPI writes its route into the scope, Starlette its endpoint; 404s are `unmatched`."""
    body = """
def show(): pass
async def application(scope, receive, send):
    scope["router"] = "a router"
    if scope["path"].startswith("/samples/"):
        scope["route"], scope["endpoint"] = Route("/samples/{id}"), show
    elif scope["path"] == "/named":
        scope["endpoint"] = show
    elif scope["path"] == "/strange":
        scope["route"], scope["endpoint"] = Route(7), object()
    await answer(send, headers=[(b"content-length", b"2")])
middleware = labotel.asgi.Middleware(application)
for path in ("/samples/1", "/samples/2", "/named", "/strange", "/nowhere/canary"):
    ask(middleware, path)
ask(labotel.asgi.Middleware(application, route=lambda scope: "/mine"), "/samples/3")
ask(labotel.asgi.Middleware(application, route=lambda scope: 1 / 0), "/samples/4")
"""
    ask(body, environment)
    found = {str(p.attributes["endpoint"]): p.value for p in receiver.points if p.name == STATUS}
    assert found == {
        "/samples/{id}": 2, "__main__.show": 1, "unmatched": 2, "/mine": 1, "*": 1
    }  # fmt: skip
    first = spans(receiver)[0]
    assert (first.name, first.attributes["http.route"]) == ("GET /samples/{id}", "/samples/{id}")
    assert receiver.store.total("http_response_size_bytes", endpoint="/samples/{id}") == 2
    assert receiver.store.total("labotel_faults_total", where="request_route") == 1


@pytest.mark.parametrize(
    ("body", "status", "error"),
    [
        ("raise OSError('at once')", "500", "OSError"),
        ("await answer(send, more=True)\n    raise OSError('later')", "200", "OSError"),
        ("await answer(send, 503)", "503", "503"),
        ("await receive(); await receive()", "499", None),
        ("await answer(send, more=True); await receive(); await receive()", "499", None),
        ("await answer(send); await receive(); await receive()", "200", None),
        ("await receive(); await receive()\n    raise asyncio.CancelledError", "499", None),
    ],
)
def test_every_end_has_its_status(
    receiver: Receiver,
    environment: dict[str, str],
    body: str,
    status: str,
    error: str | None,
) -> None:
    """A client that goes before the response was whole is nobody's error: 499."""
    script = f"""
async def application(scope, receive, send):
    {body}
try:
    ask(labotel.asgi.Middleware(application),
        messages=[{{"type": "http.request"}}, {{"type": "http.disconnect"}}])
except (OSError, asyncio.CancelledError) as raised:
    print(type(raised).__name__)
"""
    ask(script, environment)
    assert receiver.store.total(STATUS, status=status) == receiver.store.total(STATUS) == 1
    (span,) = spans(receiver)
    assert span.attributes.get("error.type") == error
    assert span.status == ("UNSET" if error is None else "ERROR")


def test_what_is_no_request_passes_as_it_is(
    receiver: Receiver, environment: dict[str, str]
) -> None:
    """A websocket, a server's lifespan; and all of it before `configure` and after `shutdown`."""
    body = """
got = []
async def application(scope, receive, send):
    got.append((scope, receive, send))
middleware = labotel.asgi.Middleware(application)
given = [({"type": kind}, object(), object()) for kind in ("websocket", "lifespan")]
for one in given:
    asyncio.run(middleware(*one))
labotel.shutdown()
given.append(({"type": "http"}, object(), object()))
asyncio.run(middleware(*given[-1]))
assert all(a is b for one, other in zip(got, given, strict=True) for a, b in zip(one, other))
"""
    ask(body, environment)
    assert spans(receiver) == []


def test_responses_say_what_is_asked_for(environment: dict[str, str]) -> None:
    """The same setting as Django's; the application's own message stays as it was."""
    env = environment | {"LABOTEL_RESPONSE_HEADERS": "server-timing"}
    body = """
async def application(scope, receive, send):
    start = {"type": "http.response.start", "status": 200}
    await send(start)
    assert "headers" not in start
ask(labotel.asgi.Middleware(application))
((name, value),) = sent[0]["headers"]
assert name == b"server-timing" and value.startswith(b"app;dur="), sent
"""
    ask(body, env)


def test_a_framework_that_makes_its_own_span_has_that_alone(
    receiver: Receiver, environment: dict[str, str]
) -> None:
    """As FastAPI does in its newer versions: labotel says the event, and no second span."""
    body = """
class Telemetry: pass
async def application(scope, receive, send):
    telemetry = scope["fastapi.telemetry"] = Telemetry()
    kind = trace.SpanKind.SERVER
    with trace.get_tracer("fastapi").start_as_current_span("GET /x", {}, kind) as telemetry.span:
        scope["route"] = Route("/x")
        await answer(send)
    del scope["fastapi.telemetry"]
ask(labotel.asgi.Middleware(application))
"""
    ask(body, environment)
    assert [s.scope for s in spans(receiver)] == ["fastapi"]
    assert receiver.store.total(STATUS, endpoint="/x") == 1


def test_around_django_it_adds_nothing(receiver: Receiver, environment: dict[str, str]) -> None:
    """Django says its requests as ever, once, in no other trace."""
    body = """
import os
os.environ["DJANGO_SETTINGS_MODULE"] = "project.settings"
from django.core.asgi import get_asgi_application
application = get_asgi_application()
from django.urls import path
from django.http import HttpResponse
from django.conf import settings
async def view(request):
    return HttpResponse("y")
urlpatterns = [path("y/", view)]
settings.ROOT_URLCONF = "__main__"
settings.ALLOWED_HOSTS = ["*"]
ask(labotel.asgi.Middleware(application), "/y/")
assert sent[0]["status"] == 200, sent
"""
    ask(body, environment)
    assert receiver.store.total(STATUS, endpoint="y/") == receiver.store.total(STATUS) == 1
    (span,) = spans(receiver)
    assert (span.name, span.parent_span_id) == ("GET y/", "")
    assert receiver.store.total("labotel_faults_total") == 0


SERVED = """
import asyncio
import labotel, labotel.asgi
labotel.configure()
async def plain(scope, receive, send):
    if scope["type"] == "lifespan":
        for answer in ("lifespan.startup.complete", "lifespan.shutdown.complete"):
            await receive()
            await send({"type": answer})
        return
    await send({"type": "http.response.start", "status": 200, "headers": []})
    for n in range(3):
        await send({"type": "http.response.body", "body": b"%d" % n, "more_body": True})
    await send({"type": "http.response.body", "body": b"."})
application = labotel.asgi.Middleware(plain)
"""


def test_uvicorn_serves_it(
    receiver: Receiver, environment: dict[str, str], start: Start, tmp_path: Any
) -> None:
    """A real server: its lifespan, a streamed response, its end."""
    (tmp_path / "served.py").write_text(SERVED)
    url = f"http://127.0.0.1:{free_port()}"
    env = environment | {"PYTHONPATH": str(tmp_path)}
    process = start(
        sys.executable, "-m", "uvicorn", "served:application",
        "--port", url.rsplit(":", 1)[1], "--lifespan", "on", env=env,
    )  # fmt: skip
    wait_for_page(url, process)
    assert get(url + "/some/path") == "012."
    end(process)
    assert receiver.store.wait_for(lambda: receiver.store.total(STATUS, endpoint="*") == 1, 20)
    (span,) = spans(receiver)
    assert span.attributes["url.path"] == "/some/path"


def test_a_middleware_is_around_an_application() -> None:
    """Anything else is refused where it is made."""
    script = """
import sys
import labotel.asgi
assert "opentelemetry" not in sys.modules
try:
    labotel.asgi.Middleware("application")
except TypeError as error:
    print(error)
"""
    said = python(script, dict(os.environ)).strip()
    assert said == "Middleware('application'): give an ASGI application"
