"""Samples at the bench: stages, issues, quality control and what is done again."""

from datetime import timedelta

import pytest
from casework import Person, processing, received, signed, submitted

from labotel.catalogs.lab.mail import NotificationSent
from labotel.catalogs.lab.quality import QualityChecked, ReworkRequired
from labotel.catalogs.lab.samples import SampleIssueFound, SampleProcessed

pytestmark = pytest.mark.usefixtures("laboratory")


def test_a_stage_takes_since_the_last_one(telemetry, lab_time):
    """The first stage counts from the receipt, the next from the first."""
    sample = received().samples.get()
    bench = Person("bench-1")
    lab_time.forward(timedelta(minutes=30))
    to = bench.post(f"/samples/{sample.pk}/process/", stage="embedding")["Location"]
    assert to == f"/protocols/{sample.protocol_id}/"
    lab_time.forward(timedelta(minutes=50))
    bench.post(f"/samples/{sample.pk}/process/", stage="sectioning")
    first = telemetry.one(SampleProcessed, processing_stage="embedding", sample_id=sample.pk)
    assert first.duration == timedelta(minutes=30)
    second = telemetry.one(SampleProcessed, processing_stage="sectioning", sample_type="biopsy")
    assert second.duration == timedelta(minutes=50)


def test_what_has_not_arrived_cannot_be_processed(telemetry):
    """A sample that is on its way is at no bench: 409."""
    sample = submitted().samples.get()
    Person("bench-1").post(f"/samples/{sample.pk}/process/", expect=409, stage="grossing")
    telemetry.none(SampleProcessed)


def test_an_unknown_stage_is_no_stage(telemetry):
    """A stage that there is not is answered 400 with the protocol's page."""
    sample = processing().samples.get()
    page = Person("bench-1").post(f"/samples/{sample.pk}/process/", expect=400, stage="boiling")
    assert "boiling is not one of the available choices" in page.content.decode()
    telemetry.none(SampleProcessed)


@pytest.mark.parametrize(("severity", "notices"), [("medium", 0), ("high", 1), ("critical", 1)])
def test_a_grave_issue_asks_for_more_material(telemetry, severity, notices):
    """An issue is recorded; the veterinarian hears of it where it is high or critical."""
    sample = processing().samples.get()
    bench = Person("bench-1")
    telemetry.clear()
    bench.post(f"/samples/{sample.pk}/issue/", issue_type="autolysis", severity=severity)
    telemetry.one(
        SampleIssueFound,
        issue_type="autolysis",
        severity=severity,
        found_by=bench.key,
        sample_id=sample.pk,
    )
    told = telemetry.all(NotificationSent, notification_type="more_material", channel="portal")
    assert len(told) == notices
    assert telemetry.metric("sample_quality_issues_total", severity=severity) == 1


def test_a_passed_check_wants_nothing(telemetry):
    """A check that passed is counted, and nothing is done again, whatever else was filled in."""
    sample = processing().samples.get()
    bench = Person("bench-1")
    path = f"/samples/{sample.pk}/check/"
    bench.post(path, check_type="label", result="passed", work_type="stain", reason="more_levels")
    telemetry.one(
        QualityChecked,
        check_type="label",
        result="passed",
        checked_by=bench.key,
        sample_id=sample.pk,
    )
    telemetry.none(ReworkRequired)


def test_a_failed_check_has_work_done_again(telemetry):
    """A check that failed is counted, and so is the work that must be done again."""
    sample = processing().samples.get()
    bench = Person("bench-2")
    path = f"/samples/{sample.pk}/check/"
    bench.post(path, check_type="stain", result="failed", work_type="stain", reason="poor_quality")
    telemetry.one(QualityChecked, check_type="stain", result="failed")
    telemetry.one(
        ReworkRequired,
        work_type="stain",
        reason="poor_quality",
        required_by=bench.key,
        sample_id=sample.pk,
    )
    assert telemetry.metric("quality_control_passed_total", result="failed") == 1
    assert telemetry.metric("rework_required_total", work_type="stain") == 1


def test_a_failed_check_must_say_what_is_done_again(telemetry):
    """Without the work and its reason a failed check is not taken, and nothing is said."""
    sample = processing().samples.get()
    path = f"/samples/{sample.pk}/check/"
    Person("bench-1").post(path, expect=400, check_type="stain", result="failed")
    telemetry.none(QualityChecked)
    telemetry.none(ReworkRequired)


def test_a_check_may_come_after_the_report(telemetry):
    """Sections are looked at again when the report is out; nothing else is done then."""
    sample = signed().protocol.samples.get()
    bench = Person("bench-1")
    bench.post(f"/samples/{sample.pk}/check/", check_type="report", result="passed")
    bench.post(f"/samples/{sample.pk}/process/", expect=409, stage="staining")
    telemetry.one(QualityChecked, check_type="report")


def test_the_bench_is_the_staffs(telemetry):
    """A veterinarian does nothing at the bench, not even with the own samples."""
    sample = processing("vet-1").samples.get()
    Person("vet-1").post(f"/samples/{sample.pk}/process/", expect=403, stage="staining")
    telemetry.none(SampleProcessed)
