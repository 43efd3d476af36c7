"""The status of a protocol is recorded when it is saved, whoever saves it."""

from datetime import timedelta

import pytest
from casework import Person, draft, processing, received, said, submitted, user
from django.db import transaction

from cases.models import Protocol
from lab.refused import Refused
from labotel.catalogs.lab.protocols import (
    ProtocolCreated,
    ProtocolReceived,
    ProtocolStatusChanged,
    ProtocolSubmitted,
)
from people import actor

pytestmark = pytest.mark.usefixtures("laboratory")


def test_a_view_changes_it_as_the_requests_user(telemetry):
    """`changed_by` is who sent the request."""
    protocol = received()
    telemetry.clear()
    bench = Person("bench-2")
    bench.post(f"/protocols/{protocol.pk}/process/")
    telemetry.one(ProtocolStatusChanged, changed_by=bench.key, to_status="processing")


def test_the_admin_changes_it_as_the_administrator(telemetry):
    """A status that is corrected in Django's admin counts, as changed by the administrator."""
    protocol = received()
    telemetry.clear()
    admin = Person("admin")
    admin.post(
        f"/admin/cases/protocol/{protocol.pk}/change/",
        veterinarian=protocol.veterinarian_id,
        animal=protocol.animal,
        species=protocol.species,
        analysis_type=protocol.analysis_type,
        status="submitted",
        sample_condition="good",
        **{"samples-TOTAL_FORMS": 0, "samples-INITIAL_FORMS": 0},
    )
    telemetry.one(
        ProtocolStatusChanged,
        from_status="received",
        to_status="submitted",
        changed_by=admin.key,
        protocol_id=protocol.pk,
    )


def test_the_admin_opens_a_protocol_that_counts(telemetry):
    """A protocol that is entered in Django's admin is created like any other."""
    telemetry.clear()
    Person("admin").post(
        "/admin/cases/protocol/add/",
        veterinarian=user("vet-1").pk,
        animal="Mia",
        species="feline",
        analysis_type="cytology",
        status="draft",
        **{"samples-TOTAL_FORMS": 0, "samples-INITIAL_FORMS": 0},
    )
    telemetry.one(ProtocolCreated, species="feline", analysis_type="cytology")
    telemetry.none(ProtocolStatusChanged)


def test_save_counts(telemetry):
    """A plain `save()` with another status is recorded."""
    protocol = draft()
    protocol.status = "submitted"
    protocol.save()
    telemetry.one(ProtocolStatusChanged, from_status="draft", to_status="submitted")


def test_save_of_the_status_alone_counts_and_dates_it(telemetry, lab_time):
    """`save(update_fields=["status"])` is recorded, and the age counts anew from there."""
    protocol = draft()
    lab_time.forward(timedelta(hours=6))
    protocol.status = "submitted"
    protocol.save(update_fields=["status"])
    telemetry.one(ProtocolStatusChanged, to_status="submitted", age=timedelta(hours=6))
    lab_time.forward(timedelta(hours=2))
    protocol.status = "received"
    protocol.save(update_fields=["status"])
    telemetry.one(ProtocolStatusChanged, to_status="received", age=timedelta(hours=2))


def test_save_without_the_status_does_not_count(telemetry):
    """Where `update_fields` leaves the status out it is not written, so it has not changed."""
    protocol = draft()
    protocol.status = "submitted"
    protocol.save(update_fields=["animal"])
    telemetry.none(ProtocolStatusChanged)
    assert Protocol.objects.get(pk=protocol.pk).status == "draft"


def test_saving_the_same_status_does_not_count(telemetry):
    """A save that leaves the status as it is says nothing."""
    protocol = draft()
    telemetry.clear()
    protocol.animal = "Rexi"
    protocol.save()
    assert said(telemetry) == []


def test_a_deferred_status_does_not_count(telemetry):
    """A protocol that was loaded without its status can be saved, and nothing is said."""
    protocol = Protocol.objects.only("animal").get(pk=draft().pk)
    telemetry.clear()
    protocol.animal = "Rexi"
    protocol.save()
    assert said(telemetry) == []


def test_the_status_before_is_the_databases(telemetry):
    """Who saves what was loaded long ago is told apart from what really was there."""
    stale = draft()
    Protocol.objects.get(pk=stale.pk).submit()
    telemetry.clear()
    stale.status = "received"
    stale.save()
    telemetry.one(ProtocolStatusChanged, from_status="submitted", to_status="received")


def test_without_anybody_it_is_the_system(telemetry):
    """Neither a request nor a task that one caused: `system` changed it."""
    draft().submit()
    telemetry.one(ProtocolStatusChanged, changed_by="system")


def test_whoever_acts_changes_it(telemetry):
    """In a task or a command the acting person is named."""
    protocol = draft()
    with actor.acting("7"):
        protocol.submit()
    telemetry.one(ProtocolStatusChanged, changed_by="7")


def test_a_rollback_records_nothing(telemetry):
    """What is rolled back has not happened: neither the creation nor any step is said."""
    with transaction.atomic():
        protocol = draft()
        protocol.submit()
        transaction.set_rollback(True)
    telemetry.none(ProtocolCreated)
    telemetry.none(ProtocolSubmitted)
    telemetry.none(ProtocolStatusChanged)


def test_a_refused_step_records_nothing(telemetry):
    """A step that comes at the wrong time raises, changes nothing, and says nothing."""
    protocol = submitted()
    telemetry.clear()
    with pytest.raises(Refused):
        protocol.submit()
    assert said(telemetry) == []
    telemetry.none(ProtocolReceived)


def test_of_two_at_once_the_later_is_refused(telemetry):
    """A step reads the row anew: two people with the same page cannot both do it."""
    first = received()
    second = Protocol.objects.get(pk=first.pk)
    telemetry.clear()
    first.process()
    with pytest.raises(Refused):
        second.process()
    telemetry.one(ProtocolStatusChanged, to_status="processing")


def test_a_deleted_protocol_is_refused():
    """A step of what somebody deleted meanwhile is refused, and no error of the laboratory."""
    protocol = draft()
    Protocol.objects.get(pk=protocol.pk).delete()
    with pytest.raises(Refused):
        protocol.submit()
    with pytest.raises(Refused):
        protocol.throw_away()


def test_the_gauge_counts_every_status(telemetry):
    """The protocols in each status are counted, an empty status too."""
    draft()
    draft()
    processing()
    assert telemetry.metric("protocols_by_status_current", status="draft") == 2
    assert telemetry.metric("protocols_by_status_current", status="processing") == 1
    assert telemetry.metric("protocols_by_status_current", status="completed") == 0
