"""Inheritance, keys and fields of other kinds."""

from tracked_models import run

MODELS = """
class Cancelled(Event, name="case.cancelled"):
    from_status: Status
    to_status: Status
    duration: Annotated[float | None, Histogram("cancelled_seconds", buckets=(1,))]
    number: Unbounded[str]

class Made(Event, name="case.made"):
    number: Unbounded[str]
    kind: Unbounded[str]

class Base(models.Model):
    status = models.CharField(max_length=20, default="draft")
    @property
    def number(self): return str(self.pk)
    @property
    def kind(self): return type(self).__name__
    class Meta: abstract = True; app_label = "clinic"

class Order(Base):
    class Meta: app_label = "clinic"

labotel.track(Base, created=Made, field="status", changed=Cancelled)

class Invoice(Base):
    import uuid
    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    class Meta: app_label = "clinic"

class Rush(Order):
    until = models.CharField(max_length=20, default="")
    class Meta: app_label = "clinic"

class Late(Order):
    class Meta: app_label = "clinic"; proxy = True

class Urgent(Protocol):
    reason = models.CharField(max_length=20, default="")
    class Meta: app_label = "clinic"

class Copy(Protocol):
    class Meta: app_label = "clinic"; proxy = True

track()
tables(Order, Invoice, Rush, Urgent)
def made(): return [e.kind for e in telemetry.all(Made)]
def cancelled(): return [f"{e.from_status}-{e.to_status}" for e in telemetry.all(Cancelled)]
"""


def test_heirs_and_proxies_have_the_lives_of_their_bases() -> None:
    """Those of an abstract base, of a parent with a table of its own, and proxies; each once."""
    run("""
for model in (Order, Invoice, Rush, Late):
    one = model.objects.create()
    one.status = "done"; one.save()
assert made() == ["Order", "Invoice", "Rush", "Late"] and cancelled() == ["draft-done"] * 4
assert telemetry.all(Cancelled)[0].duration is None
forget()
u = Urgent.objects.create(reason="x")
assert created() == [u.pk]
u.status = "submitted"; u.save()
u.reason = "y"; u.save(update_fields=["reason"])
c = Copy.objects.get(pk=u.pk); c.status = "received"; c.save()
with labotel.tracked(Urgent.objects.all()):
    Urgent.objects.update(status="done")
assert changes() == ["draft-submitted", "submitted-received", "received-done"]
assert len(telemetry.all(Completed)) == 1
Copy.objects.bulk_create([Copy()])
assert len(created()) == 2
p = Protocol.objects.create()
assert len(created()) == 3
Urgent(protocol_ptr=p, species=p.species, since=T0, status="done").save()
assert len(created()) == 3 and changes()[3:] == ["draft-done"]
""", MODELS)  # fmt: skip


def test_a_key_of_its_own_default_is_not_looked_for() -> None:
    """A UUID: one INSERT; then it changes as any."""
    run("""
with CaptureQueriesContext(connections["default"]) as asked:
    one = Invoice.objects.create()
assert len(asked) == 1, asked.captured_queries
one.status = "done"; one.save()
assert cancelled() == ["draft-done"]
one = Invoice.objects.get(); one.status = "draft"; one.save()
assert cancelled()[1:] == ["done-draft"]
""", MODELS)  # fmt: skip


def test_other_fields_and_other_names() -> None:
    """A flag, a number, a foreign key, a nullable time; `fill` by name, path and function."""
    run("""
class Paid(Event, name="case.paid"):
    from_paid: bool
    to_paid: bool
    age: Annotated[float | None, Histogram("unpaid_seconds", buckets=(1,))]
    species: Annotated[str, labotel.Limited(5)]
    twice: Unbounded[int]
    changed_by: Personal[str] = "nobody"
class Moved(Event, name="case.moved"):
    from_protocol: Unbounded[int | None]
    to_protocol: Unbounded[int | None]
class Bill(models.Model):
    protocol = models.ForeignKey(Protocol, models.CASCADE, null=True)
    paid = models.BooleanField(default=False)
    paid_since = models.DateTimeField(null=True)
    class Meta: app_label = "clinic"
for _ in range(2):
    labotel.track(Bill, field="paid", changed=Paid, since="paid_since", fill={
        "age": "duration", "species": "protocol.species", "twice": lambda bill: 2 * bill.pk,
        "changed_by": lambda bill: "somebody"})
    labotel.track(Bill, field="protocol", changed=Moved)
with connections["default"].schema_editor() as editor: editor.create_model(Bill)
first, second = Protocol.objects.create(species="avian"), Protocol.objects.create()
bill = Bill.objects.create(protocol=first)
bill.paid = True; bill.paid_since = T0; bill.save()
said = telemetry.one(Paid)
assert (said.from_paid, said.to_paid, said.age, said.species) == (False, True, None, "avian")
assert (said.twice, said.changed_by) == (2 * bill.pk, "somebody")
bill.paid = False; bill.paid_since = T0 + timedelta(minutes=1); bill.save()
assert telemetry.all(Paid)[1].age == 60
bill.protocol = second; bill.save()
moved = telemetry.one(Moved)
assert (moved.from_protocol, moved.to_protocol) == (first.pk, second.pk)
""", MODELS)  # fmt: skip


def test_a_migrations_models_are_nobodys() -> None:
    """They are made from a state, and the application's class is not among their bases."""
    run("""
from django.db.migrations.state import ModelState, ProjectState
state = ProjectState()
for model in (Owner, Protocol): state.add_model(ModelState.from_model(model))
old = state.apps.get_model("clinic", "Protocol")
one = old.objects.create(); one.status = "done"; one.save()
old.objects.bulk_create([old()])
assert created() == changes() == []
""", MODELS)  # fmt: skip
