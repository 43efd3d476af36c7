"""Who changed it: the request's user, the one who came with the task, or the system."""

from tracked_models import run

WEB = """
track()
from django.contrib import admin, auth
from django.core.management import call_command
from django.http import HttpResponse
from django.test import AsyncClient, Client
from django.urls import path

class Sample(models.Model):
    protocol = models.ForeignKey(Protocol, models.CASCADE)
    status = models.CharField(max_length=20, default="draft")
    class Meta: app_label = "clinic"

class SampleChanged(Event, name="case.sample_changed"):
    from_status: Status
    to_status: Status
    changed_by: Personal[str]
    sample_id: Unbounded[int]

labotel.track(Sample, field="status", changed=SampleChanged)

class Samples(admin.TabularInline):
    model = Sample; extra = 1

@admin.register(Protocol)
class Protocols(admin.ModelAdmin):
    inlines = [Samples]
    list_display = ["pk", "status"]; list_editable = ["status"]
    actions = ["finish"]
    @admin.action
    def finish(self, request, queryset):
        with labotel.tracked(queryset):
            queryset.update(status="done")

admin.site.register(Owner)

def advance(request):
    p = Protocol.objects.get(); p.status = request.GET["to"]; p.save()
    return HttpResponse("ok")

async def advance_async(request):
    p = await Protocol.objects.aget(); p.status = request.GET["to"]; await p.asave()
    return HttpResponse("ok")

urlpatterns = [path("admin/", admin.site.urls), path("advance/", advance),
               path("advance_async/", advance_async)]
call_command("migrate", verbosity=0, run_syncdb=False)
tables(Sample)
auth.get_user_model().objects.create_superuser(pk=17, username="maria", password="x")
signed = Client()
signed.force_login(auth.get_user_model().objects.get(pk=17))
"""


def test_the_admin_is_its_user() -> None:
    """Its add and change pages with inlines, its list, its actions, and a form that is refused."""
    run("""
labotel.flush()
def post(where, **data):
    inline = {"sample_set-TOTAL_FORMS": 1, "sample_set-INITIAL_FORMS": 0,
              "sample_set-0-status": "draft"}
    answer = signed.post("/admin/clinic/protocol/" + where, inline | data)
    assert answer.status_code == 302, (where, answer.context_data.get("errors"))
whole = {"species": "feline", "status": "draft", "since_0": "2026-01-01", "since_1": "00:00"}
post("add/", **whole, **{"sample_set-0-status": "received"})
made = telemetry.one(ProtocolCreated)
assert made.created_by == "17"
p = Protocol.objects.get()
(sample,) = p.sample_set.all()
post(f"{p.pk}/change/", **(whole | {
    "status": "submitted", "sample_set-TOTAL_FORMS": 1, "sample_set-INITIAL_FORMS": 1,
    "sample_set-0-id": sample.pk, "sample_set-0-protocol": p.pk, "sample_set-0-status": "done"}))
assert telemetry.one(ProtocolStatusChanged).changed_by == "17"
inline = telemetry.one(SampleChanged)
assert (inline.from_status, inline.to_status, inline.changed_by) == ("received", "done", "17")
post("", **{"form-TOTAL_FORMS": 1, "form-INITIAL_FORMS": 1, "form-0-id": p.pk,
            "form-0-status": "received", "_save": "Save"})
post("", action="finish", _selected_action=p.pk)
assert changes() == ["draft-submitted", "submitted-received", "received-done"]
assert {e.changed_by for e in telemetry.all(ProtocolStatusChanged)} == {"17"}
answer = signed.post(f"/admin/clinic/protocol/{p.pk}/change/", whole | {
    "status": "nothing", "sample_set-TOTAL_FORMS": 0, "sample_set-INITIAL_FORMS": 0})
assert answer.status_code == 200 and len(changes()) == 3
""", WEB)  # fmt: skip


def test_a_view_that_never_looked_at_its_user_has_one() -> None:
    """A stranger's change is the system's, so is one after a request; `asave` is its request's."""
    run("""
import asyncio
Protocol.objects.create()
signed.get("/advance/?to=submitted")
Client().get("/advance/?to=received")
fast = AsyncClient(); fast.cookies = signed.cookies
def one(to): return telemetry.one(ProtocolStatusChanged, to_status=to).changed_by
assert (one("submitted"), one("received")) == ("17", "system")
p = Protocol.objects.get(); p.status = "draft"; p.save()
assert one("draft") == "system"
assert telemetry.one(ProtocolCreated).created_by == "system"
""", WEB)  # fmt: skip


def test_a_task_is_the_callers_by_its_header() -> None:
    """What arrives is one and the same pseudonym, and `system` as it is."""
    run("""
import asyncio, json
from celery import Celery
warnings.simplefilter("default")
app = Celery("tasks", broker="memory://", backend="cache+memory://")
@app.task
def step(to):
    p = Protocol.objects.get(); p.status = to; p.save()
from labotel.policy.pseudonyms import Pseudonyms
key = Pseudonyms(b"tests").of("17")
Protocol.objects.create()
from celery.app.trace import build_tracer
run = build_tracer(step.name, step, app=app)   # as a worker runs what a message brings
run("1", ("submitted",), {}, {"labotel-actor": key})
run("2", ("received",), {}, {"labotel-actor": "maria@example.org"})
run("3", ("done",), {}, {})
said = {e.to_status: e.changed_by for e in telemetry.all(ProtocolStatusChanged)}
assert said == {"submitted": key, "received": "system", "done": "system"}, said
from labotel.signals.records import attributes
leaves = [attributes(type(e), e._values, Pseudonyms(b"tests", b"former"))
          for e in telemetry.all(ProtocolStatusChanged)]
assert [one["changed_by"] for one in leaves] == [key, "system", "system"], leaves
assert not [name for one in leaves for name in one if "former" in name]
""", WEB)  # fmt: skip


def test_a_management_command_is_the_system() -> None:
    """As a shell is."""
    run("""
from django.core.management.base import BaseCommand
class Command(BaseCommand):
    def handle(self, **options):
        p = Protocol.objects.create(); p.status = "done"; p.save()
call_command(Command())
assert telemetry.one(ProtocolStatusChanged).changed_by == "system"
assert telemetry.one(ProtocolCreated).created_by == "system"
""", WEB)  # fmt: skip
