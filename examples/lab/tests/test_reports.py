"""Reports: written, rewritten, signed once, reviewed, rated."""

from datetime import timedelta

import pytest
from casework import Person, begun, said, signed
from django.core.management import call_command

from cases.models import AlreadyFinalized, Report
from labotel.catalogs.lab.reports import (
    ReportFinalized,
    ReportRated,
    ReportRendered,
    ReportReviewed,
    ReportSent,
)
from labotel.catalogs.lab.security import ComplianceViolated, DataAccessed, SecurityEventSeen

pytestmark = pytest.mark.usefixtures("laboratory")


def test_finalizing_twice_raises_and_records_nothing(telemetry):
    """`finalize()` of a signed report raises AlreadyFinalized; nothing is said, nothing changes."""
    report = begun()
    report.finalize()
    before = Report.objects.get(pk=report.pk).finalized_at
    telemetry.clear()
    with pytest.raises(AlreadyFinalized):
        report.finalize()
    assert said(telemetry) == []
    assert Report.objects.get(pk=report.pk).finalized_at == before


def test_finalizing_a_stale_report_twice_raises_too(telemetry):
    """Of two who have the same draft before them one signs it."""
    report = begun()
    other = Report.objects.get(pk=report.pk)
    report.finalize()
    with pytest.raises(AlreadyFinalized):
        other.finalize()
    telemetry.one(ReportFinalized)


def test_finalizing_twice_over_http_is_refused(telemetry):
    """The second time is answered 409; the report is rendered and sent once."""
    report = begun()
    histo = Person("histo-1")
    histo.post(f"/reports/{report.pk}/finalize/")
    histo.post(f"/reports/{report.pk}/finalize/", expect=409)
    telemetry.one(ReportFinalized, report_id=report.pk)
    telemetry.one(ReportRendered, report_id=report.pk)
    telemetry.one(ReportSent, report_id=report.pk)


def test_revisions_are_counted_until_the_signature(telemetry, lab_time):
    """A report knows how often it was rewritten, and how long it took to be signed."""
    report = begun()
    histo = Person("histo-1")
    for number in range(3):
        lab_time.forward(timedelta(minutes=20))
        histo.post(f"/reports/{report.pk}/revise/", findings=f"Version {number}.")
    histo.post(f"/reports/{report.pk}/finalize/")
    telemetry.one(ReportFinalized, revisions=3, duration=timedelta(hours=1))
    assert Report.objects.get(pk=report.pk).findings == "Version 2."


def test_a_signed_report_does_not_change(telemetry):
    """To revise a signed report is refused (409) and a violation; its text stays."""
    report = signed()
    telemetry.clear()
    histo = Person("histo-1")
    histo.post(f"/reports/{report.pk}/revise/", expect=409, findings="Other.")
    telemetry.one(
        ComplianceViolated,
        violation_type="unsigned_change",
        severity="medium",
        user=histo.key,
        data_id=report.pk,
    )
    now = Report.objects.get(pk=report.pk)
    assert (now.findings, now.revisions) == (report.findings, 0)


@pytest.mark.parametrize("step", ["revise", "finalize"])
def test_a_report_is_its_authors(telemetry, step):
    """Another histopathologist can neither rewrite nor sign it: 403."""
    report = begun()
    other = Person("histo-2")
    telemetry.clear()
    other.post(f"/reports/{report.pk}/{step}/", expect=403, findings="Mine.")
    telemetry.one(SecurityEventSeen, event_type="permission_denied", user=other.key)
    telemetry.none(ReportFinalized)


def test_a_colleague_reviews(telemetry):
    """A second histopathologist's agreement is recorded, for the author."""
    report = signed()
    Person("histo-2").post(f"/reports/{report.pk}/review/", accuracy="0.85")
    telemetry.one(
        ReportReviewed, accuracy=0.85, histopathologist=Person("histo-1").key, report_id=report.pk
    )
    assert telemetry.histogram("report_accuracy_score").sum == pytest.approx(0.85)


def test_a_report_is_reviewed_once(telemetry):
    """A second review is refused."""
    report = signed()
    other = Person("histo-2")
    other.post(f"/reports/{report.pk}/review/", accuracy="1")
    other.post(f"/reports/{report.pk}/review/", expect=409, accuracy="0")
    telemetry.one(ReportReviewed, accuracy=1.0)


def test_nobody_reviews_the_own_report(telemetry):
    """The author is denied."""
    report = signed()
    Person("histo-1").post(f"/reports/{report.pk}/review/", expect=403, accuracy="1")
    telemetry.none(ReportReviewed)


def test_a_draft_is_not_reviewed():
    """There is nothing to agree with yet: 409."""
    report = begun()
    Person("histo-2").post(f"/reports/{report.pk}/review/", expect=409, accuracy="1")


@pytest.mark.parametrize("accuracy", ["-0.1", "1.1", "nan", ""])
def test_an_accuracy_is_from_0_to_1(telemetry, accuracy):
    """Anything else is answered 400, and nothing is recorded."""
    report = signed()
    Person("histo-2").post(f"/reports/{report.pk}/review/", expect=400, accuracy=accuracy)
    telemetry.none(ReportReviewed)


def test_a_veterinarian_rates_once(telemetry):
    """The first rating counts, the second is refused (409)."""
    report = signed("vet-1")
    vet = Person("vet-1")
    vet.post(f"/reports/{report.pk}/rate/", rating=4)
    vet.post(f"/reports/{report.pk}/rate/", expect=409, rating=1)
    telemetry.one(ReportRated, rating=4, histopathologist=Person("histo-1").key)
    assert telemetry.histogram("report_feedback_rating").sum == 4


@pytest.mark.parametrize("rating", [0, 6, "good"])
def test_a_rating_is_from_1_to_5(telemetry, rating):
    """Anything else is answered 400, and the report can still be rated."""
    report = signed("vet-1")
    vet = Person("vet-1")
    vet.post(f"/reports/{report.pk}/rate/", expect=400, rating=rating)
    telemetry.none(ReportRated)
    vet.post(f"/reports/{report.pk}/rate/", rating=5)


@pytest.mark.parametrize("page", ["", "pdf/"])
def test_another_veterinarians_report_is_a_violation(telemetry, page):
    """Page and PDF of another veterinarian's report: 403 and a violation, no access."""
    report = signed("vet-1")
    other = Person("vet-2")
    telemetry.clear()
    other.get(f"/reports/{report.pk}/{page}", expect=403)
    telemetry.one(
        ComplianceViolated,
        violation_type="unauthorized_access",
        severity="high",
        user=other.key,
        data_id=report.pk,
    )
    telemetry.none(DataAccessed)


def test_a_veterinarian_sees_no_report_before_it_is_sent():
    """Until then there is none, not even for its own veterinarian."""
    report = begun("vet-1")
    vet = Person("vet-1")
    vet.get(f"/reports/{report.pk}/", expect=404)
    page = vet.get(f"/protocols/{report.protocol_id}/").content.decode()
    assert f"/reports/{report.pk}/" not in page


def test_a_look_at_a_report_is_in_the_audit_log(telemetry):
    """Who reads a report is in the audit log."""
    report = signed("vet-1")
    vet = Person("vet-1")
    telemetry.clear()
    vet.get(f"/reports/{report.pk}/")
    telemetry.one(DataAccessed, data_type="report", action="view", data_id=report.pk, user=vet.key)


def test_a_late_report_is_a_violation_once(telemetry, lab_time):
    """`check_deadlines` notes each protocol that is in processing for too long, once."""
    late = begun()
    lab_time.forward(timedelta(days=6))
    begun("vet-2")
    lab_time.forward(timedelta(days=2))
    telemetry.clear()
    call_command("check_deadlines", verbosity=0)
    call_command("check_deadlines", verbosity=0)
    telemetry.one(
        ComplianceViolated,
        violation_type="late_report",
        severity="medium",
        data_id=late.protocol_id,
        user=Person("histo-1").key,
    )
