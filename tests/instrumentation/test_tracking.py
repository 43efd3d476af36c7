"""A Django model's life: what is said of each way to save one object."""

import pytest

from tracked_models import run


def test_a_creation_and_each_change_are_said_with_who_and_how_long() -> None:
    """By `save` in a process that nobody's request began: it was the system."""
    run("""
p = Protocol(species="feline", owner=Owner.objects.create(pk=4)); p.save()
made = telemetry.one(ProtocolCreated)
assert (made.species, made.owner) == ("feline", 4)
assert (made.created_by, made.protocol_id) == ("system", p.pk)
assert changes() == []
p.status, p.since = Status.SUBMITTED, T0 + timedelta(hours=5)
p.save()
p.save()
said = telemetry.one(ProtocolStatusChanged)
assert (said.from_status, said.to_status) == (Status.DRAFT, Status.SUBMITTED)
assert (said.changed_by, said.protocol_id, said.duration) == ("system", p.pk, timedelta(hours=5))
p.status = "done"  # which leaves `since` as it is: until now
p.save()
took = telemetry.one(ProtocolStatusChanged, to_status="done").duration
assert datetime.now(UTC) - p.since - took < timedelta(minutes=1)
done = telemetry.one(Completed)
assert (done.title, done.protocol_id) == (f"feline {p.pk}", p.pk)
assert telemetry.metric("protocols_created_total") == 1
assert telemetry.metric("protocols_created_total", species="feline") == 1
""")


def test_update_fields_with_the_field_and_without() -> None:
    """What is not written did not change, and costs no query; what is written did."""
    run("""
p = Protocol.objects.create()
p.status, p.note = "submitted", "x"
with CaptureQueriesContext(connections["default"]) as asked:
    p.save(update_fields=["note"])
assert len(asked) == 1 and changes() == []
with CaptureQueriesContext(connections["default"]) as asked:
    p.save(update_fields=["status"])
assert len(asked) == 2, asked.captured_queries
assert changes() == ["draft-submitted"]
p.refresh_from_db()
p.save()
assert changes() == ["draft-submitted"]
""")


def test_a_creation_asks_nothing_more_and_neither_does_a_load() -> None:
    """One INSERT; loading an object with its field deferred is one query, and saving it too."""
    run("""
with CaptureQueriesContext(connections["default"]) as asked:
    p = Protocol.objects.create()
assert len(asked) == 1
with CaptureQueriesContext(connections["default"]) as asked:
    p = Protocol.objects.defer("status").get()
    p.note = "x"
    p.save()
assert len(asked) == 2, asked.captured_queries
p = Protocol.objects.only("note").get()
p.status = "received"
p.save()
assert changes() == ["draft-received"]
""")


def test_the_state_before_is_the_databases() -> None:
    """Two objects of one row: the second was loaded before the first was saved."""
    run("""
first = Protocol.objects.create()
second = Protocol.objects.get()
first.status = "submitted"; first.save()
second.status = "received"; second.save()
assert changes() == ["draft-submitted", "submitted-received"]
first.save()                       # which is old, and writes what it has
assert changes()[2:] == ["received-submitted"]
Protocol(pk=str(first.pk), status="done").save()   # no copy that was loaded, and a key from a form
assert changes()[3:] == ["submitted-done"]
""")


def test_an_expression_is_what_it_becomes() -> None:
    """`F` and `Value` are asked of the database."""
    run("""
p = Protocol.objects.create(note="received")
p.status = F("note"); p.save()
assert changes() == ["draft-received"]
p = Protocol.objects.get()
p.status = Value("received"); p.save()
assert changes() == ["draft-received"]
p.species = F("note"); p.status = "done"; p.save()
telemetry.one(Completed, title=f"{p.species} {p.pk}")
""")


def test_another_key_is_another_life() -> None:
    """A copy without a key is created; so is one under a key of its own, and one that was away."""
    run("""
p = Protocol.objects.create()
first = p.pk
p.pk = None; p._state.adding = True; p.save()
second = p.pk
assert created() == [first, second] and first != second
p.pk = 99; p.status = "done"; p.save()
assert created() == [first, second, 99] and changes() == []
import copy
other = copy.copy(p); other.status = "draft"; other.save()
assert changes() == ["done-draft"]
other.delete()
p.save()                           # which nobody told that its row is gone
assert created() == [first, second, 99, 99]
Protocol.objects.create(pk=7)
Protocol(pk=8).save(force_insert=True)
Protocol.objects.get_or_create(pk=8)
Protocol.objects.update_or_create(pk=8, defaults={"status": "received"})
assert created()[4:] == [7, 8] and changes()[1:] == ["draft-received"]
""")


def test_what_fails_and_what_a_fixture_brings_is_not_said() -> None:
    """A save that raises, raw objects, and a delete."""
    run("""
from django.core import serializers
from django.db import IntegrityError
p = Protocol.objects.create()
forget()
p.status, p.species = "done", None
try:
    p.save()
except IntegrityError:
    pass
try:
    Protocol(pk=50, status="done").save(force_update=True)
except Exception as error:
    assert "did not affect" in str(error)
for one in serializers.deserialize("json", serializers.serialize("json", [p])):
    one.object.species = "equine"
    one.save()
assert Protocol.objects.get().status == "done"
fresh = Protocol(status="done")
for one in serializers.deserialize("json", serializers.serialize("json", [fresh])):
    one.save()
assert Protocol.objects.count() == 2
Protocol.objects.all().delete()
assert changes() == created() == []
""")


def test_a_receiver_that_saves_again_is_said_in_its_order() -> None:
    """Django's own signals, before and after, with a save inside."""
    run("""
from django.db.models import signals
def before(instance, **_):
    if instance.note == "send":
        instance.status, instance.note = "submitted", ""
def after(instance, created, **_):
    if instance.status == "submitted":
        instance.status = "received"; instance.save()
    if instance.note == "raise":
        raise RuntimeError("theirs")
signals.pre_save.connect(before, sender=Protocol)
signals.post_save.connect(after, sender=Protocol)
p = Protocol.objects.create()
p.note = "send"
p.save(update_fields=["note", "status"])
assert changes() == ["draft-submitted", "submitted-received"]
p.note, p.status = "raise", "done"
try:
    p.save()
except RuntimeError:
    pass
assert changes()[2:] == ["received-done"]   # it is in the database, whatever the receiver raised
""")


def test_a_step_that_may_happen_once_is_said_once() -> None:
    """Finalizing twice raises and records nothing; so does one that is rolled back."""
    run("""
class Finalized(Event, name="case.finalized"):
    report_id: Unbounded[int]
class Report(models.Model):
    status = models.CharField(max_length=20, default="draft")
    class Meta: app_label = "clinic"
    def finalize(self):
        if self.status != "draft": raise ValueError("already finalized")
        self.status = "done"
        self.save(update_fields=["status"])
labotel.track(Report, field="status", reached={"done": Finalized})
with connections["default"].schema_editor() as editor: editor.create_model(Report)
report = Report.objects.create()
report.finalize()
try:
    report.finalize()
except ValueError:
    assert telemetry.one(Finalized).report_id == report.pk
else:
    raise AssertionError
""")


def test_before_configure_and_after_the_end_nothing_is_asked() -> None:
    """A model is as if nobody tracked it."""
    run("""
labotel.shutdown()
p = Protocol.objects.create()
p.status = "done"
with CaptureQueriesContext(connections["default"]) as asked:
    p.save()
    Protocol.objects.bulk_update([p], ["status"])
    with labotel.tracked(Protocol.objects.all()):
        pass
assert not [q for q in asked if q["sql"].startswith("SELECT")], asked.captured_queries
""")


@pytest.mark.parametrize("wrong", ["property", "value"])
def test_what_an_event_cannot_be_filled_with_costs_the_event_alone(wrong: str) -> None:
    """A property that raises, a value that no label is: the save is as it was."""
    run(f"""
wrong = {wrong!r}
with recording(strict=False) as inner:
    if wrong == "property":
        Protocol.title = property(lambda self: 1 / 0)
    p = Protocol.objects.create()
    p.status = "done" if wrong == "property" else "odd"
    p.save()
    assert Protocol.objects.get().status == p.status
    assert len(inner.all(ProtocolStatusChanged)) == 1
    assert len(inner.all(Completed)) == 0
    assert inner.metric("labotel_faults_total") == (wrong == "property")
""")
