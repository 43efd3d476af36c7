"""A report on paper."""

from pathlib import Path

from reportlab.lib.units import mm
from reportlab.platypus import Flowable, Spacer

from cases import paper
from cases.folders import folder
from cases.labels import label
from cases.models import Report
from labotel.catalogs.lab.files import StorageType


def file_of(report: Report) -> Path:
    """Return where a report's PDF is kept."""
    return folder(StorageType.REPORTS) / f"report-{report.pk}.pdf"


def write(report: Report) -> int:
    """Make a report's PDF; return its number of pages."""
    content: list[Flowable] = [
        _case(report),
        paper.text("Samples", paper.HEADING),
        _samples(report),
        paper.text("Findings", paper.HEADING),
        *paper.paragraphs(report.findings),
        Spacer(1, 8 * mm),
        paper.text(_signature(report), paper.BOLD),
        paper.text("A signed report no longer changes.", paper.SMALL),
    ]
    return paper.write(file_of(report), f"Report on protocol {report.protocol_id}", content)


def _case(report: Report) -> Flowable:
    protocol = report.protocol
    return paper.fields(
        [
            ("Animal", protocol.animal),
            ("Protocol", label(protocol.pk)),
            ("Species", protocol.get_species_display()),
            ("Analysis", protocol.get_analysis_type_display()),
            ("Veterinarian", paper.person(protocol.veterinarian)),
            ("Condition", protocol.get_sample_condition_display()),
            ("Submitted", paper.day(protocol.submitted_at)),
            ("Received", paper.day(protocol.received_at)),
            ("Cassettes", report.cassettes),
            ("Complexity", report.get_complexity_display()),
        ]
    )


def _samples(report: Report) -> Flowable:
    rows = [
        (
            number,
            sample.get_sample_type_display(),
            sample.get_stage_display() or "-",
            ", ".join(str(issue) for issue in sample.issues.all()) or "none",
        )
        for number, sample in enumerate(report.protocol.samples.all(), 1)
    ]
    head = ("No.", "Sample", "Last stage", "Issues")
    return paper.listing(head, rows, (0.08, 0.2, 0.22, 0.5))


def _signature(report: Report) -> str:
    signed = paper.day(report.finalized_at)
    return f"Signed by {paper.person(report.histopathologist)} on {signed}."
