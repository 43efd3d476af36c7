"""`labotel.wsgi.Middleware`: plain WSGI applications, and those that stand in a framework."""

from typing import Any

import pytest

from labotel.viewer.receiver import Receiver
from running import python, run

SERVED = """
import io, threading
from wsgiref.simple_server import WSGIRequestHandler, make_server
from wsgiref.util import FileWrapper, setup_testing_defaults
import urllib.error, urllib.request
from opentelemetry import trace
import labotel.wsgi
def name():
    return trace.get_current_span().name.encode()
def served(application):
    class Quiet(WSGIRequestHandler):
        def log_message(self, *args): pass
    server = make_server("127.0.0.1", 0, application, handler_class=Quiet)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return f"http://127.0.0.1:{server.server_port}"
def get(url, **more):
    try:
        return urllib.request.urlopen(urllib.request.Request(url, **more), timeout=10).read()
    except urllib.error.HTTPError as error:
        return error.read()
def called(application, path="/", **more):
    environ = {"PATH_INFO": path, **more}
    setup_testing_defaults(environ)
    said = []
    def start(status, headers, *error):
        said.append((status, headers))
    return environ, application(environ, start), said
"""
STATUS = "http_requests_total"


def spans(receiver: Receiver) -> list[Any]:
    """The spans of requests that arrived."""
    return [s for s in receiver.spans if s.kind == "SERVER"]


def ask(body: str, env: dict[str, str]) -> str:
    """Run a body that serves and asks."""
    return run(SERVED + body + "\nlabotel.shutdown()", env)


def test_a_plain_application_has_one_endpoint(
    receiver: Receiver, environment: dict[str, str]
) -> None:
    """Whatever is asked of it: paths, methods and hosts make no series."""
    body = """
def application(environ, start):
    start("404 Not Found" if "canary" in environ["PATH_INFO"] else "200 OK", [])
    return [name()]
url = served(labotel.wsgi.Middleware(application))
assert get(url + "/x") == b"GET"
for n in range(20):
    get(f"{url}/canary/{n}?q={n}", method=f"M{n}", headers={"Host": f"canary{n}.example.org"})
"""
    ask(body, environment)
    store = receiver.store
    assert store.total(STATUS, method="GET", endpoint="*", status="200") == 1
    assert store.total(STATUS, method="other", endpoint="*", status="404") == 20
    assert store.total(STATUS) == 21
    assert "canary" not in repr([p.attributes for p in receiver.points])
    first = spans(receiver)[0]
    assert (first.name, first.attributes["url.path"]) == ("GET", "/x")
    assert "http.route" not in first.attributes


def test_routes_are_what_the_application_names(
    receiver: Receiver, environment: dict[str, str]
) -> None:
    """Asked when the request has ended, so a router inside may have written it down."""
    body = """
def application(environ, start):
    environ["my.route"] = "/samples/{id}" if environ["PATH_INFO"] != "/" else None
    start("200 OK", [])
    return [b""]
url = served(labotel.wsgi.Middleware(application, route=lambda environ: environ["my.route"]))
for path in ("/samples/1", "/samples/2", "/"):
    get(url + path)
broken = served(labotel.wsgi.Middleware(application, route=lambda environ: 1 / 0))
assert get(broken) == b""
"""
    ask(body, environment)
    store = receiver.store
    assert store.total(STATUS, endpoint="/samples/{id}") == 2
    assert store.total(STATUS, endpoint="*") == 2
    assert store.total("labotel_faults_total", where="request_route") == 1
    assert spans(receiver)[0].attributes["http.route"] == "/samples/{id}"


def test_a_body_that_is_made_while_it_is_sent_is_in_its_request(
    receiver: Receiver, environment: dict[str, str]
) -> None:
    """The trace is in force in each piece, and between them what was; the end is its close."""
    body = """
closed = []
class Pieces:
    def __iter__(self):
        for n in range(2):
            with trace.get_tracer("app").start_as_current_span(f"piece {n}"):
                yield name()
    def close(self):
        closed.append(name())
def application(environ, start):
    start("200 OK", [])
    return Pieces()
environ, answer, said = called(labotel.wsgi.Middleware(application))
assert trace.get_current_span() is trace.INVALID_SPAN
assert next(answer) == b"piece 0"
assert trace.get_current_span() is trace.INVALID_SPAN
assert list(answer) == [b"piece 1"]
answer.close()
assert closed == [b"GET"], closed
"""
    ask(body, environment)
    (span,) = spans(receiver)
    pieces = [s for s in receiver.spans if s.name.startswith("piece")]
    assert [s.parent_span_id for s in pieces] == [span.span_id] * 2
    assert receiver.store.total(STATUS, status="200") == 1


@pytest.mark.parametrize(
    ("application", "status", "error"),
    [
        ("raise OSError('at once')", "500", "OSError"),
        ("start('200 OK', []); yield b'x'; raise OSError('later')", "200", "OSError"),
        ("yield b''; start('503 Busy', []); yield b'x'", "503", "503"),
    ],
)
def test_what_an_application_raises_goes_on(
    receiver: Receiver,
    environment: dict[str, str],
    application: str,
    status: str,
    error: str | None,
) -> None:
    """At its call or in its body; the status is the one that was sent."""
    body = f"""
def application(environ, start):
    {application}
answer = None
try:
    environ, answer, said = called(labotel.wsgi.Middleware(application))
    print(len(list(answer)))
except OSError as raised:
    print(raised)
finally:
    if answer is not None:
        answer.close()
"""
    ask(body, environment)
    assert receiver.store.total(STATUS, status=status) == receiver.store.total(STATUS) == 1
    (span,) = spans(receiver)
    assert span.attributes.get("error.type") == error
    assert span.status == ("UNSET" if error is None and status == "200" else "ERROR")


def test_what_a_server_sends_by_itself_stays_what_it_is(
    receiver: Receiver, environment: dict[str, str]
) -> None:
    """A list, whose length a server counts, and a file that it may send without reading it."""
    body = """
file = FileWrapper(io.BytesIO(b"file"))
for given in ([b"a"], (b"a", b"b"), file):
    def application(environ, start):
        start("200 OK", [("Content-Length", "4")])
        return given
    environ, answer, said = called(
        labotel.wsgi.Middleware(application), **{"wsgi.file_wrapper": FileWrapper}
    )
    assert answer is given
"""
    ask(body, environment)
    assert receiver.store.total(STATUS, status="200") == 3
    assert receiver.store.total("http_response_size_bytes") == 3


def test_a_body_that_nobody_closes_ends_with_its_object(
    receiver: Receiver, environment: dict[str, str]
) -> None:
    """A server breaks the specification: nothing is kept, and nothing stays in force."""
    body = """
def application(environ, start):
    start("200 OK", [])
    yield b"x"
environ, answer, said = called(labotel.wsgi.Middleware(application))
next(answer)
del answer
assert trace.get_current_span() is trace.INVALID_SPAN
"""
    ask(body, environment)
    assert receiver.store.total(STATUS, status="200") == 1


@pytest.mark.parametrize("where", ["around", "around another"])
def test_around_a_framework_it_adds_nothing(
    receiver: Receiver, environment: dict[str, str], where: str
) -> None:
    """Django and Flask are said as ever, once; so is one middleware in another."""
    around = "application" if where == "around" else "(lambda e, s: application(e, s))"
    body = f"""
import os
os.environ["DJANGO_SETTINGS_MODULE"] = "project.settings"
from flask import Flask
application = Flask("shop")
application.get("/x")(lambda: "x")
environ, answer, said = called(labotel.wsgi.Middleware({around}), "/x")
assert b"".join(answer) == b"x", said
assert trace.get_current_span() is trace.INVALID_SPAN
def plain(environ, start):
    start("200 OK", [])
    return [b""]
called(labotel.wsgi.Middleware(labotel.wsgi.Middleware(plain)))
from django.core.wsgi import get_wsgi_application
application = get_wsgi_application()
from django.urls import path
from django.http import HttpResponse
from django.conf import settings
import sys
urlpatterns = [path("y/", lambda request: HttpResponse("y"))]
settings.ROOT_URLCONF = "__main__"
settings.ALLOWED_HOSTS = ["*"]
environ, answer, said = called(labotel.wsgi.Middleware({around}), "/y/")
assert b"".join(answer) == b"y", said
answer.close()
assert trace.get_current_span() is trace.INVALID_SPAN
"""
    ask(body, environment)
    found = {str(p.attributes["endpoint"]) for p in receiver.points if p.name == STATUS}
    assert found == {"<lambda>", "*", "y/"}
    assert receiver.store.total(STATUS) == 3
    assert [bool(s.parent_span_id) for s in spans(receiver)] == [False] * 3
    assert receiver.store.total("labotel_faults_total") == 0


def test_without_configure_it_passes_everything_on(environment: dict[str, str]) -> None:
    """Before `configure`, after `shutdown`, and where `instrument` leaves it out."""
    script = """
import sys
import labotel.wsgi
def application(environ, start): return environ
middleware = labotel.wsgi.Middleware(application)
assert middleware({"a": 1}, None) == {"a": 1}
assert "opentelemetry" not in sys.modules
import labotel
labotel.configure(instrument=["logging"])
assert middleware({"a": 2}, None) == {"a": 2}
labotel.shutdown()
labotel.configure()
assert labotel.wsgi.serve is not None
labotel.shutdown()
assert labotel.wsgi.serve is None
try:
    labotel.wsgi.Middleware("application")
except TypeError as error:
    print(error)
"""
    assert (
        python(script, environment).strip() == "Middleware('application'): give a WSGI application"
    )
