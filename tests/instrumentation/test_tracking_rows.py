"""Many rows at once: what is seen by itself, and what `tracked` tells."""

from tracked_models import run


def test_bulk_create_and_bulk_update_are_seen() -> None:
    """Each object; where conflicts are ignored or update, nobody knows which are new."""
    run("""
made = Protocol.objects.bulk_create(Protocol(species="equine") for _ in range(3))
assert created() == [p.pk for p in made]
assert telemetry.one(ProtocolCreated, protocol_id=made[0].pk).species == "equine"
Protocol.objects.bulk_create([Protocol(pk=made[0].pk), Protocol(pk=70)], ignore_conflicts=True)
Protocol.objects.bulk_create([Protocol(pk=71, status="done")], update_conflicts=True,
                             update_fields=["status"], unique_fields=["pk"])
assert len(created()) == 3
made[0].status, made[1].status = "done", "draft"
made[2].status = "received"
with CaptureQueriesContext(connections["default"]) as asked:
    Protocol.objects.bulk_update(made, ["note"])
assert len([q for q in asked if q["sql"].startswith(("SELECT", "UPDATE"))]) == 1
Protocol.objects.bulk_update((p for p in made), ["note", "status"], batch_size=2)
assert changes() == ["draft-done", "draft-received"]
telemetry.one(Completed, title=f"equine {made[0].pk}")
try:
    with transaction.atomic():
        Protocol.objects.bulk_create([Protocol()])
        made[1].status = "done"
        Protocol.objects.bulk_update(made, ["status"])
        raise ValueError
except ValueError:
    pass
assert len(created()) == 3 and len(changes()) == 2
Owner.objects.bulk_create([Owner()])      # whom nobody tracks
""")


def test_an_update_is_not_seen_and_in_a_block_it_is() -> None:
    """`update` with a value and with F, SQL of one's own, and a save within, each change once."""
    run("""
for n in range(3):
    Protocol.objects.create(note="received" if n else "done")
forget()
Protocol.objects.update(status="submitted")
assert changes() == []
with labotel.tracked(Protocol.objects.filter(note="received")):
    assert Protocol.objects.filter(note="received").update(status="received") == 2
assert changes() == ["submitted-received"] * 2
with labotel.tracked(Protocol.objects):
    Protocol.objects.update(status=F("note"))
assert changes()[2:] == ["submitted-done"]
first = Protocol.objects.first()
with labotel.tracked(first):
    with connections["default"].cursor() as cursor:
        later = [T0 + timedelta(1)]
        cursor.execute("UPDATE clinic_protocol SET status = 'draft', since = %s", later)
(said,) = telemetry.all(ProtocolStatusChanged)[3:]
assert (said.to_status, said.protocol_id, said.duration) == ("draft", first.pk, timedelta(1))
forget()
with labotel.tracked(Protocol.objects.filter(pk=first.pk)):
    first.status = "submitted"; first.save()
    Protocol.objects.filter(pk=first.pk).update(status="received")
    Protocol.objects.create(pk=44)
assert changes() == ["draft-received"] and created() == [44]
first.status = "done"; first.save()
assert changes() == ["draft-received", "received-done"]
""")


def test_a_block_that_fails_changed_nothing() -> None:
    """It is one transaction; what is deleted in it did not change."""
    run("""
p = Protocol.objects.create()
try:
    with labotel.tracked(Protocol.objects.all()):
        Protocol.objects.update(status="done")
        raise ValueError
except ValueError:
    pass
assert Protocol.objects.get().status == "draft" and changes() == []
with labotel.tracked(Protocol.objects.all()):
    Protocol.objects.all().delete()
with labotel.tracked(Protocol.objects.none()):
    pass
assert changes() == []
p.save()
assert len(created()) == 2
for wrong, error in ((Owner.objects.all(), "no field of Owner's is tracked"), (7, "a queryset")):
    try:
        with labotel.tracked(wrong):
            raise AssertionError
    except TypeError as said:
        assert error in str(said), said
""")


def test_a_block_reads_many_rows_in_parts() -> None:
    """1,200 rows are more than one statement's parameters."""
    run("""
Protocol.objects.bulk_create(Protocol() for _ in range(1200))
assert len(created()) == 1200
with labotel.tracked(Protocol.objects.all()):
    Protocol.objects.update(status="done")
assert changes() == ["draft-done"] * 1200
assert len(telemetry.all(Completed)) == 1200
""")


def test_a_row_of_two_blocks_is_told_once() -> None:
    """By the outer one, which sees the whole."""
    run("""
made = Protocol.objects.create()
with labotel.tracked(Protocol.objects):
    with labotel.tracked(Protocol.objects.filter(pk=made.pk)):
        Protocol.objects.update(status="submitted")
assert changes() == ["draft-submitted"]
with labotel.tracked(Protocol.objects):
    made.status = "received"
    Protocol.objects.bulk_update([made], ["status"])
assert changes() == ["draft-submitted", "submitted-received"]
""")


def test_what_labotel_cannot_read_costs_no_write() -> None:
    """Its own failure, in reading what was there, is a fault of its own; the rows are written."""
    run("""
from unittest import mock
made = Protocol.objects.create()
made.status = "submitted"
from labotel.instrumentation.django import models
with mock.patch.object(models, "stored", side_effect=ValueError("odd")):
    Protocol.objects.bulk_update([made], ["status"])
    with labotel.tracked(Protocol.objects):
        Protocol.objects.update(status="received")
made.refresh_from_db()
assert (made.status, changes()) == ("received", [])
""")
