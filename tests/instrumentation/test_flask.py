"""Flask's requests: routes, errors, bodies, in applications made before and after configure."""

import json
from typing import Any

import pytest

from labotel.viewer.receiver import Receiver
from running import python, run

APP = """
import flask, json
from flask import Blueprint, Flask, Response, abort, request, stream_with_context
from opentelemetry import trace

def make():
    app = Flask("shop")
    samples = Blueprint("samples", "samples", url_prefix="/samples")

    @samples.get("/<int:number>")
    def show(number):
        return f"sample {number}"

    app.register_blueprint(samples)

    @app.get("/")
    def index():
        return trace.get_current_span().name

    @app.get("/fails")
    def fails():
        raise ValueError("for jane@example.org")

    @app.get("/handled")
    def handled():
        raise LookupError("none")

    @app.errorhandler(LookupError)
    def sorry(error):
        return "sorry", 418

    @app.get("/aborts")
    def aborts():
        abort(409)

    @app.get("/streams")
    def streams():
        def pieces():
            for n in range(3):
                yield f"{n}{request.path}"
        return Response(stream_with_context(pieces()))

    @app.before_request
    def early():
        if "early" in request.args:
            return "early", 403

    return app
"""
STATUS = "http_requests_total"


def counted(receiver: Receiver) -> dict[tuple[str, str, str], float]:
    """Method, endpoint and status of what was counted, and how often."""
    keys = {
        tuple(str(p.attributes[label]) for label in ("method", "endpoint", "status"))
        for p in receiver.points
        if p.name == STATUS
    }
    return {
        (m, e, s): receiver.store.total(STATUS, method=m, endpoint=e, status=s) for m, e, s in keys
    }


def served(receiver: Receiver) -> list[Any]:
    """The spans of requests that arrived."""
    return [s for s in receiver.spans if s.kind == "SERVER"]


def ask(body: str, env: dict[str, str]) -> str:
    """Run a body where `client` asks an application."""
    before = APP + "app = make(); client = app.test_client()\n"
    return run(before + body + "\nlabotel.shutdown()", env)


def test_a_request_is_known_by_its_endpoint_and_its_span_by_its_rule(
    receiver: Receiver, environment: dict[str, str]
) -> None:
    """A blueprint's has its name before it; the rule is the whole one."""
    ask("print(client.get('/samples/7').text); client.get('/samples/8')", environment)
    assert counted(receiver) == {("GET", "samples.show", "200"): 2}
    name = "http_request_duration_seconds"
    assert receiver.store.total(name, endpoint="samples.show") == 2
    first, _ = served(receiver)
    assert (first.name, first.status) == ("GET /samples/<int:number>", "UNSET")
    assert first.attributes["http.route"] == "/samples/<int:number>"
    assert first.attributes["url.path"] == "/samples/7"
    assert first.attributes["http.response.status_code"] == 200


@pytest.mark.parametrize(
    ("request_", "expected"),
    [
        ("client.get('/nowhere/canary')", ("GET", "unmatched", "404")),
        ("client.post('/samples/7')", ("POST", "unmatched", "405")),
        ("client.get('/samples/x')", ("GET", "unmatched", "404")),
        ("client.get('/handled')", ("GET", "handled", "418")),
        ("client.get('/aborts')", ("GET", "aborts", "409")),
        ("client.get('/samples/7?early=1')", ("GET", "samples.show", "403")),
        ("client.options('/samples/7')", ("OPTIONS", "samples.show", "200")),
        ("client.head('/samples/7')", ("HEAD", "samples.show", "200")),
        ("client.open('/', method='CANARY')", ("other", "unmatched", "405")),
        ("client.get('/', headers={'Host': 'canary.example.org'})", ("GET", "index", "200")),
    ],
)
def test_every_answer_has_its_place(
    receiver: Receiver,
    environment: dict[str, str],
    request_: str,
    expected: tuple[str, str, str],
) -> None:
    """What no rule takes is `unmatched`, whatever its path; none of these is an error."""
    ask(request_, environment)
    assert counted(receiver) == {expected: 1}
    assert [s.status for s in served(receiver)] == ["UNSET"]
    labels = [p.attributes for p in receiver.points]
    assert "canary" not in repr(labels).lower()


@pytest.mark.parametrize("raised", [False, True])
def test_what_a_view_raises_stands_on_the_span(
    receiver: Receiver, environment: dict[str, str], raised: bool
) -> None:
    """Flask makes it a 500, or lets it through where it is tested; its text is scrubbed."""
    body = f"""
app.config["PROPAGATE_EXCEPTIONS"] = {raised}
try:
    print(client.get("/fails").status_code)
except ValueError as error:
    print(error)
"""
    out = ask(body, environment)
    assert out.split("\n")[0] == ("for jane@example.org" if raised else "500")
    assert counted(receiver) == {("GET", "fails", "500"): 1}
    (span,) = served(receiver)
    assert (span.status, span.attributes["error.type"]) == ("ERROR", "ValueError")
    assert "jane@example.org" not in repr([receiver.spans, receiver.logs])


def test_a_streamed_body_comes_whole(receiver: Receiver, environment: dict[str, str]) -> None:
    """Its request ended when the response was made; in its pieces Flask's context stands."""
    body = """
answer = client.get("/streams")
print(answer.text)
"""
    assert ask(body, environment).strip() == "0/streams1/streams2/streams"
    assert counted(receiver) == {("GET", "streams", "200"): 1}


def test_a_trace_comes_in_and_goes_out_again(
    receiver: Receiver, environment: dict[str, str]
) -> None:
    """The span is a child of the caller's; after the request nothing is left in force."""
    trace, parent = "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"
    body = f"""
client.get("/", headers={{"traceparent": "00-{trace}-{parent}-01"}})
assert trace.get_current_span() is trace.INVALID_SPAN
"""
    ask(body, environment)
    (span,) = served(receiver)
    assert (span.trace_id, span.parent_span_id) == (trace, parent)


def test_applications_made_at_any_time_are_observed_once(
    receiver: Receiver, environment: dict[str, str]
) -> None:
    """Before configure, after it, wrapped, and one in another."""
    script = (
        APP
        + """
from werkzeug.middleware.dispatcher import DispatcherMiddleware
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.test import Client
early = make()
early.wsgi_app = ProxyFix(early.wsgi_app)
import labotel
labotel.configure()
late, inner, bare = make(), make(), make()
late.wsgi_app = DispatcherMiddleware(late.wsgi_app, {"/inner": inner})
assert early.test_client().get("/samples/1").status_code == 200
assert late.test_client().get("/samples/2").status_code == 200
assert late.test_client().get("/inner/samples/3").status_code == 200
assert Client(bare.wsgi_app).get("/samples/4").status_code == 200
labotel.shutdown()
assert early.test_client().get("/samples/5").status_code == 200
assert not hasattr(Flask.__call__, "__wrapped__") and not hasattr(Flask.wsgi_app, "__wrapped__")
"""
    )
    python(script, environment)
    assert counted(receiver) == {("GET", "samples.show", "200"): 4}
    spans = served(receiver)
    assert len(spans) == 4
    assert {s.attributes["url.path"] for s in spans} >= {"/inner/samples/3"}
    assert len({s.trace_id for s in spans}) == 4 and not any(s.parent_span_id for s in spans)
    assert receiver.store.total("labotel_faults_total") == 0


def test_an_asynchronous_view_and_a_class_are_views(
    receiver: Receiver, environment: dict[str, str]
) -> None:
    """By asgiref, in its own thread and in the request's trace; a class by its name."""
    body = """
from flask.views import MethodView
@app.get("/later")
async def later():
    with trace.get_tracer("app").start_as_current_span("within"):
        return "later"
class Things(MethodView):
    def get(self):
        return "things"
app.add_url_rule("/things", view_func=Things.as_view("things"))
print(client.get("/later").text, client.get("/things").text)
"""
    assert ask(body, environment).split() == ["later", "things"]
    assert set(counted(receiver)) == {("GET", "later", "200"), ("GET", "things", "200")}
    within = next(s for s in receiver.spans if s.name == "within")
    later = next(s for s in served(receiver) if s.name == "GET /later")
    assert within.parent_span_id == later.span_id


def test_responses_say_what_is_asked_for(environment: dict[str, str]) -> None:
    """The same setting as Django's."""
    env = environment | {"LABOTEL_RESPONSE_HEADERS": "x-response-time,traceparent"}
    body = "print(json.dumps(dict(client.get('/').headers)))"
    headers = json.loads(ask(body, env))
    assert headers["X-Response-Time"].endswith("ms")
    assert headers["traceparent"].startswith("00-")


def test_requests_under_way_are_counted_by_endpoint(environment: dict[str, str]) -> None:
    """From when the rule is known until the response is made."""
    body = """
from labotel.instrumentation.progress import read
@app.get("/now")
def now():
    return json.dumps(list(read()))
print(client.get("/now").text)
print(json.dumps(list(read())))
"""
    during, after = map(json.loads, ask(body, environment).splitlines())
    assert during == [["GET", "now", 1]]
    assert after == [["GET", "now", 0]]
