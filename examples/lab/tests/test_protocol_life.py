"""A protocol's whole life over HTTP: every event and metric of it, by the laboratory's clock."""

from datetime import timedelta

import pytest
from casework import FINDINGS, Person

from cases.labels import label
from cases.models import Protocol, Report
from labotel import Outcome
from labotel.catalogs.lab import mail, orders, protocols, quality, reports, samples, security

HOUR = timedelta(hours=1)


@pytest.fixture
def life(laboratory, telemetry, lab_time):
    """Walk a protocol from its draft to its sent report; return its number and its report's."""
    vet, reception, bench = Person("vet-1"), Person("reception-1"), Person("bench-1")
    histo = Person("histo-1")
    telemetry.clear()
    pk = vet.make(
        "/protocols/new/",
        species="canine",
        analysis_type="histopathology",
        animal="Rex",
        sample_type="biopsy",
        samples=1,
    )
    lab_time.forward(2 * HOUR)
    vet.post(f"/protocols/{pk}/submit/", order_type="urgent")
    lab_time.forward(10 * HOUR)
    reception.post(f"/protocols/{pk}/receive/", label=label(pk), sample_condition="autolyzed")
    lab_time.forward(1 * HOUR)
    bench.post(f"/protocols/{pk}/process/")
    lab_time.forward(3 * HOUR)
    sample = Protocol.objects.get(pk=pk).samples.get().pk
    bench.post(f"/samples/{sample}/process/", stage="grossing")
    lab_time.forward(5 * HOUR)
    bench.post(f"/samples/{sample}/process/", stage="staining")
    bench.post(f"/samples/{sample}/check/", check_type="stain", result="passed")
    report = histo.make(
        f"/protocols/{pk}/report/", findings=FINDINGS, complexity="moderate", cassettes=4
    )
    lab_time.forward(1 * HOUR)
    histo.post(f"/reports/{report}/revise/", findings=FINDINGS + "\nNo metastasis.")
    lab_time.forward(2 * HOUR)
    histo.post(f"/reports/{report}/finalize/")
    return pk, report


def test_every_step_is_said_once_with_its_fields(life, telemetry):
    """Each step's event is said exactly once, and knows what, who and how long."""
    pk, report = life
    vet, histo = Person("vet-1").key, Person("histo-1").key
    case = {"species": "canine", "analysis_type": "histopathology", "veterinarian": vet}
    telemetry.one(protocols.ProtocolCreated, protocol_id=pk, **case)
    telemetry.one(protocols.ProtocolSubmitted, protocol_id=pk, **case)
    received_by = Person("reception-1").key
    telemetry.one(protocols.ProtocolReceived, sample_condition="autolyzed", received_by=received_by)
    telemetry.one(protocols.ProtocolCompleted, duration=22 * HOUR, protocol_id=pk, **case)
    telemetry.one(
        reports.ReportCreated, report_type="histopathology", report_id=report, protocol_id=pk
    )
    telemetry.one(
        reports.ReportFinalized,
        complexity="moderate",
        report_type="histopathology",
        histopathologist=histo,
        cassette_count=4,
        cassette_count_bucket="2-5",
        duration=3 * HOUR,
        revisions=1,
    )
    telemetry.one(reports.ReportRendered, report_size="small", pages=1, outcome=Outcome.SUCCESS)
    telemetry.one(reports.ReportSent, delivery_method="email", histopathologist=histo)
    telemetry.one(orders.WorkOrderCreated, order_type="urgent", veterinarian=vet, protocol_id=pk)


def test_each_status_is_left_at_its_age_by_who_did_it(life, telemetry):
    """A status change tells from where to where, by whom, and how long it stood there."""
    changes = telemetry.all(protocols.ProtocolStatusChanged)
    assert [(c.from_status.value, c.to_status.value, c.age, c.changed_by) for c in changes] == [
        ("draft", "submitted", 2 * HOUR, Person("vet-1").key),
        ("submitted", "received", 10 * HOUR, Person("reception-1").key),
        ("received", "processing", 1 * HOUR, Person("bench-1").key),
        # The task that delivered the mail acts for the person who signed.
        ("processing", "completed", 11 * HOUR, Person("histo-1").key),
    ]


def test_the_bench_is_timed_from_stage_to_stage(life, telemetry):
    """The first stage counts from the receipt, each later one from the one before."""
    stages = telemetry.all(samples.SampleProcessed, processed_by=Person("bench-1").key)
    assert [(s.processing_stage.value, s.duration) for s in stages] == [
        ("grossing", 4 * HOUR),
        ("staining", 5 * HOUR),
    ]
    telemetry.one(quality.QualityChecked, check_type="stain", result="passed")
    telemetry.none(quality.ReworkRequired)


def test_the_veterinarian_is_told(life, telemetry):
    """The receipt is mailed and noticed, the report is mailed: one e-mail each."""
    sent = telemetry.all(mail.EmailSent, status="success", recipient=Person("vet-1").key)
    assert [one.email_type.value for one in sent] == ["sample_received", "report"]
    telemetry.one(mail.NotificationSent, notification_type="sample_received", channel="portal")


def test_the_opening_is_in_the_audit_log(life, telemetry):
    """Opening a protocol is an access to its record."""
    pk, _ = life
    accessed = telemetry.one(security.DataAccessed, data_type="protocol", action="create")
    assert (accessed.data_id, accessed.user) == (pk, Person("vet-1").key)
    telemetry.none(security.ComplianceViolated)


def test_the_metrics_add_up(life, telemetry):
    """Counters and histograms have what the catalogue's names promise."""
    canine = {"species": "canine", "analysis_type": "histopathology"}
    for name in ("protocols_created_total", "protocols_submitted_total"):
        assert telemetry.metric(name, **canine) == 1
    assert telemetry.metric("protocols_received_total", sample_condition="autolyzed") == 1
    assert telemetry.metric("protocol_status_changes_total") == 4
    assert telemetry.metric("protocol_status_changes_total", to_status="completed") == 1
    assert telemetry.histogram("protocols_processing_duration_seconds", **canine).sum == 22 * 3600
    assert telemetry.histogram("average_turnaround_time_days").sum == pytest.approx(22 / 24)
    assert telemetry.histogram("protocol_age_days", status="draft").sum == pytest.approx(2 / 24)
    assert telemetry.metric("samples_processed_total", sample_type="biopsy") == 2
    grossing = telemetry.histogram("sample_processing_duration_seconds", stage="grossing")
    assert grossing.sum == 4 * 3600
    assert telemetry.metric("reports_created_total", report_type="histopathology") == 1
    assert telemetry.metric("reports_finalized_total", complexity="moderate") == 1
    assert telemetry.metric("reports_sent_total", delivery_method="email") == 1
    written = telemetry.histogram("report_generation_duration_seconds", cassette_count_bucket="2-5")
    assert written.sum == 3 * 3600
    assert telemetry.histogram("report_revision_count").sum == 1
    assert telemetry.metric("report_pdf_generation_duration_seconds", report_size="small") == 1
    assert telemetry.metric("work_orders_created_total", order_type="urgent") == 1
    assert telemetry.metric("protocols_by_status_current", status="completed") == 1
    assert telemetry.metric("protocols_by_status_current", status="draft") == 0


def test_all_is_written_down(life):
    """What was said is what the database has."""
    pk, report = life
    protocol = Protocol.objects.get(pk=pk)
    assert protocol.status == "completed"
    assert protocol.completed_at - protocol.submitted_at == 22 * HOUR
    sent = Report.objects.get(pk=report)
    assert (sent.status, sent.delivery_method, sent.revisions) == ("sent", "email", 1)
