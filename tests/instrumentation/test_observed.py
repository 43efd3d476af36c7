"""`observed_view` and `observed_task`: one declared event a call, and nothing counted twice."""

import pytest

from tracked_models import run

EVENTS = """
from typing import Literal
from labotel import Outcome, MEASURED

class Acted(Event, name="case.acted",
            instruments=(Counter("user_actions_total", by=("module", "kind", "outcome")),)):
    module: Literal["orders", "files"]
    kind: Literal["staff", "none"] = "none"
    user: Personal[str]
    outcome: Outcome = MEASURED
    error_type: Annotated[str, labotel.Limited(9)]
    duration: Annotated[float, Histogram("user_action_seconds", by=("module",), buckets=(1,))]

class Imported(Event, name="case.imported"):
    source: Literal["upload", "mail"]
    lines: Unbounded[int | None] = None
    outcome: Outcome
    duration: Annotated[timedelta, Histogram("import_seconds", by=("source",), buckets=(1,))]
    user: Personal[str]

catalog = Catalog("clinic", events=[Acted, Imported])
"""
WEB = (
    EVENTS
    + """
from django.contrib import auth
from django.core.exceptions import PermissionDenied
from django.core.management import call_command
from django.http import Http404, HttpResponse
from django.test import AsyncClient, Client
from django.urls import path
from django.utils.decorators import method_decorator
from django.views import View

orders = labotel.observed_view(Acted, module="orders", kind=lambda request, **_:
                               "staff" if request.user.is_staff else "none")
files = labotel.observed_view(Acted, module="files")

@orders
def plain(request, number=0):
    "A page."
    raised = {"broken": ValueError("x"), "gone": Http404(), "denied": PermissionDenied()}
    if (what := request.GET.get("what")) in raised:
        raise raised[what]
    return HttpResponse("ok", status=int(request.GET.get("status", 200)))

@files
async def fast(request): return HttpResponse("ok")

@method_decorator(files, name="dispatch")
class Files(View):
    @method_decorator(files)
    def get(self, request): return HttpResponse("ok")
    def post(self, request): raise ValueError("x")

@method_decorator(files, name="dispatch")
class Fast(View):
    async def get(self, request): return HttpResponse("ok")
    async def post(self, request): raise ValueError("x")

urlpatterns = [path("plain/", plain), path("fast/", fast), path("files/", Files.as_view()),
               path("class/", Fast.as_view()),
               path("outer/", orders(lambda request: plain(request)))]
call_command("migrate", verbosity=0)
auth.get_user_model().objects.create(pk=17, username="maria", is_staff=True)
signed = Client(raise_request_exception=False)
signed.force_login(auth.get_user_model().objects.get(pk=17))

def served(): return telemetry.metric("http_requests_total")
def ends(): return [(e.module, str(e.outcome), e.error_type) for e in telemetry.all(Acted)]
"""
)


def test_a_view_says_its_event_with_outcome_duration_and_user() -> None:
    """It answers, answers 400 and above, raises, or raises what Django answers."""
    run("""
import inspect
assert plain.__name__ == "plain" and plain.__doc__ == "A page."
assert list(inspect.signature(plain).parameters) == ["request", "number"]
signed.get("/plain/")
said = telemetry.one(Acted)
assert (said.module, said.kind, said.user, said.outcome) == ("orders", "staff", "17", "success")
assert said.duration > 0
Client().get("/plain/?status=404")
assert telemetry.all(Acted)[1].user == "anonymous" and telemetry.all(Acted)[1].kind == "none"
for what in ("broken", "gone", "denied"):
    signed.get(f"/plain/?what={what}")
assert ends()[1:] == [("orders", "failure", "none"), ("orders", "failure", "ValueError"),
                      ("orders", "failure", "Http404"), ("orders", "failure", "PermissionDenied")]
assert served() == 5 == telemetry.histogram("user_action_seconds", module="orders").count
(broken,) = [r for r in telemetry.history if r.error_type and isinstance(r.event, Acted)]
assert broken.error_type == "ValueError"
spans = [s for s in telemetry.spans if s.kind.name == "SERVER"]
assert len(spans) == 5 and {s.attributes["module"] for s in spans} == {"orders"}
assert [s.attributes["kind"] for s in spans] == ["staff", "none", "staff", "staff", "staff"]
assert "user" not in spans[0].attributes
assert "Acted" not in repr([s.name for s in telemetry.spans])
""", WEB, "[catalog]")  # fmt: skip


def test_classes_and_coroutines() -> None:
    """Function and class, sync and async, on the class and on a method: one event a request."""
    run("""
import asyncio, inspect
assert inspect.iscoroutinefunction(fast)
client = AsyncClient(raise_request_exception=False)
async def ask():
    for page in ("/fast/", "/class/"):
        assert (await client.get(page)).content == b"ok"
    assert (await client.post("/class/")).status_code == 500
asyncio.run(ask())
assert ends() == [("files", "success", "none")] * 2 + [("files", "failure", "ValueError")]
signed.get("/files/"); signed.post("/files/"); signed.get("/class/")
assert ends()[3:] == [("files", "success", "none"), ("files", "failure", "ValueError"),
                      ("files", "success", "none")]
signed.get("/outer/")
assert len(ends()) == 7 == served()
""", WEB, "[catalog]")  # fmt: skip


def test_what_no_call_could_say_is_refused_where_it_is_decorated() -> None:
    """An unknown field, a value that is no label, a field that nothing fills, a class."""
    run("""
def refused(words, *args, **fields):
    try:
        labotel.observed_view(*args, **fields)(print)
    except labotel.DeclarationError as error:
        assert words in str(error), error
    else:
        raise AssertionError(words)
refused("no field 'modul' (did you mean 'module'?); allowed: module, kind", Acted, modul="x")
refused("Acted.module='x'; allowed: 'orders', 'files', or a function", Acted, module="x")
refused("nothing fills Acted.module", Acted)
refused("allowed: an Event class", 7)
try:
    files(Files)
except TypeError as error:
    assert "method_decorator" in str(error)
def broken(request, **_): raise ValueError
with recording(strict=False) as inner:
    assert labotel.observed_view(Acted, module="files", kind=broken)(lambda request: 1)(None) == 1
    assert inner.one(Acted).kind == "none" and inner.metric("labotel_faults_total") == 1
labotel.shutdown()
assert files(lambda request: 7)(None) == 7
""", WEB, "[catalog]")  # fmt: skip


@pytest.mark.parametrize("order", ["below", "above"])
@pytest.mark.parametrize("decorator", ["app.task", "shared_task", "app.task(bind=True)"])
def test_a_task_below_and_above_celerys_decorator(order: str, decorator: str) -> None:
    """A run that succeeds, fails, or asks for another; `TaskFinished` is as it was."""
    bound = "self, " if "bind" in decorator else ""
    lines = [f"@{decorator}", "@imported"]
    both = "\n".join(lines if order == "below" else lines[::-1])
    run(f"""
warnings.simplefilter("default")
from celery import Celery, shared_task, current_task
from celery.exceptions import Ignore
from labotel.catalogs.tasks import TaskFinished
app = Celery("tasks", broker="memory://", backend="cache+memory://")
imported = labotel.observed_task(
    Imported, source="mail", lines=lambda *args, **_: len(args[-1]))
{both}
def load({bound}what):
    "Load."
    if what == "fail": raise ValueError("x")
    if what == "again": raise current_task.retry(countdown=0, max_retries=1)
    if what == "none": raise Ignore()
    return what.upper()
assert not app.finalized
{both}
def other({bound}what):
    return load.apply((what,)).get()
assert load.apply(("ok",)).get() == "OK" and load.__doc__ == "Load."
def ends(): return [(e.source, e.lines, str(e.outcome), e.user) for e in telemetry.all(Imported)]
assert ends() == [("mail", 2, "success", "system")], ends()
load.apply(("fail",))
assert ends()[1:] == [("mail", 4, "failure", "system")]
load.apply(("none",))
assert ends()[2:] == [("mail", 4, "success", "system")]
assert other.apply(("ok",)).get() == "OK"
assert len(ends()) == 5
finished = [str(e.status) for e in telemetry.all(TaskFinished)]
assert finished == ["success", "failure", "success", "success", "success"], finished
spans = [s for s in telemetry.spans if s.name.startswith("run/")]
assert len(spans) == 5 and {{s.attributes["source"] for s in spans}} == {{"mail"}}
try:
    load.apply(("again",))
except Exception:
    pass
again = ends()[5:]
assert [e[2] for e in again] == ["failure"], again   # the last one: no retry is left
assert telemetry.histogram("import_seconds", source="mail").count == len(ends())
""", EVENTS, "[catalog]")  # fmt: skip
