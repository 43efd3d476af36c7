"""What a person may do now: the forms that a page shows, by the role and by how far things are.

The views decide for themselves whether a step is allowed; this only spares people the others.
"""

from dataclasses import dataclass, replace

from django.contrib.auth.models import User
from django.forms import Form
from django.urls import reverse

from cases.forms import protocols as protocol_forms
from cases.forms import reports as report_forms
from cases.forms import samples as sample_forms
from cases.models import Protocol, Report, Sample
from cases.models.sample import ON_THE_BENCH
from labotel.catalogs.lab.protocols import ProtocolStatus
from labotel.catalogs.lab.reports import ReportStatus
from labotel.catalogs.lab.words import UserType
from people.roles import user_type


@dataclass(frozen=True)
class Offer:
    """A form, the words on its button, where it goes, and whether it cannot be undone."""

    title: str
    url: str
    form: Form
    careful: bool = False


def offer(
    title: str,
    step: str,
    pk: int,
    form: type[Form] = Form,
    *,
    careful: bool = False,
    initial: dict[str, str] | None = None,
) -> Offer:
    """Return an offer; the ids on a page differ by the step and the record."""
    auto_id = f"{step.replace(':', '-')}-{pk}-%s"
    url = reverse(step, args=[pk])
    return Offer(title, url, form(auto_id=auto_id, initial=initial), careful)


def put_wrong(wrong: Form, path: str, *groups: list[Offer]) -> None:
    """Put a form that came back wrong in the place of the empty one, wherever that stands."""
    for group in groups:
        for place, one in enumerate(group):
            if one.url == path:
                group[place] = replace(one, form=wrong)
                return
    # The step is none of this moment's, but what is wrong with the form is to be seen.
    groups[0].append(Offer("Try again", path, wrong))


def for_protocol(user: User, protocol: Protocol, report: Report | None) -> list[Offer]:
    """Return what this person may do with a protocol."""
    match user_type(user), protocol.status:
        case UserType.VETERINARIAN, ProtocolStatus.DRAFT:
            found = [offer("Submit", "protocols:submit", protocol.pk, protocol_forms.Submission)]
            if not protocol.has_work:
                found.append(offer("Delete", "protocols:delete", protocol.pk, careful=True))
            return found
        case UserType.STAFF, ProtocolStatus.SUBMITTED:
            return [offer("Receive", "protocols:receive", protocol.pk, protocol_forms.Receipt)]
        case UserType.STAFF, ProtocolStatus.RECEIVED:
            return [offer("Begin the analysis", "protocols:process", protocol.pk)]
        case UserType.HISTOPATHOLOGIST, ProtocolStatus.PROCESSING if report is None:
            new = report_forms.NewReport
            return [offer("Begin the report", "protocols:report", protocol.pk, new)]
    return []


def for_sample(user: User, sample: Sample, protocol: Protocol) -> list[Offer]:
    """Return what this person may do with a sample."""
    if user_type(user) != UserType.STAFF:
        return []
    check = offer("Check the quality", "samples:check", sample.pk, sample_forms.Check)
    if protocol.status in ON_THE_BENCH:
        return [
            offer("A stage is done", "samples:process", sample.pk, sample_forms.StageDone),
            offer("Something is wrong", "samples:issue", sample.pk, sample_forms.Issue),
            check,
        ]
    return [check] if protocol.status == ProtocolStatus.COMPLETED else []


def for_report(user: User, report: Report) -> list[Offer]:
    """Return what this person may do with a report."""
    author = report.histopathologist_id == user.pk
    match user_type(user), report.status:
        case UserType.HISTOPATHOLOGIST, ReportStatus.DRAFT if author:
            revision, findings = report_forms.Revision, {"findings": report.findings}
            return [
                offer("Revise", "reports:revise", report.pk, revision, initial=findings),
                offer("Sign", "reports:finalize", report.pk),
            ]
        case UserType.HISTOPATHOLOGIST, ReportStatus.FINALIZED | ReportStatus.SENT if (
            not author and report.accuracy is None
        ):
            return [offer("Review", "reports:review", report.pk, report_forms.Review)]
        case UserType.VETERINARIAN, ReportStatus.SENT if report.rating is None:
            return [offer("Rate", "reports:rate", report.pk, report_forms.Rating)]
    return []
