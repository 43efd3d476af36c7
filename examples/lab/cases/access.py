"""Whose case it is: a veterinarian sees the own ones, a report is its author's to change."""

from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import get_object_or_404

from cases.models import Attachment, Protocol, Report, Sample
from lab.say import say
from labotel.catalogs.lab.reports import ReportStatus
from labotel.catalogs.lab.security import (
    ComplianceViolated,
    SecurityEventType,
    ViolationType,
)
from labotel.catalogs.lab.words import Severity, UserType
from people import security
from people.roles import user_type


def protocol_for(user: User, pk: int) -> Protocol:
    """Return a protocol that this person may see."""
    protocol = get_object_or_404(Protocol.objects.select_related("veterinarian"), pk=pk)
    guard(user, protocol, protocol.pk)
    return protocol


def sample_for(user: User, pk: int) -> Sample:
    """Return a sample that this person may see."""
    sample = get_object_or_404(Sample.objects.select_related("protocol__veterinarian"), pk=pk)
    guard(user, sample.protocol, sample.pk)
    return sample


def attachment_for(user: User, pk: int) -> Attachment:
    """Return an attachment that this person may see."""
    attachment = get_object_or_404(Attachment.objects.select_related("protocol"), pk=pk)
    guard(user, attachment.protocol, attachment.pk)
    return attachment


def report_for(user: User, pk: int) -> Report:
    """Return a report that this person may see: for a veterinarian there is none until it is sent.

    Whose report it is comes first: a stranger's attempt is a violation, however far the report is.
    """
    reports = Report.objects.select_related("protocol__veterinarian", "histopathologist")
    report = get_object_or_404(reports, pk=pk)
    guard(user, report.protocol, report.pk)
    if user_type(user) == UserType.VETERINARIAN and report.status != ReportStatus.SENT:
        raise Http404("the report is not sent yet")
    return report


def own_report(user: User, pk: int) -> Report:
    """Return a report that this histopathologist wrote."""
    report = report_for(user, pk)
    if report.histopathologist_id != user.pk:
        deny(user, "a report is its author's to change")
    return report


def guard(user: User, protocol: Protocol, data_id: int) -> None:
    """Let no veterinarian at another one's case: that is refused, and a violation."""
    if user_type(user) != UserType.VETERINARIAN or protocol.veterinarian_id == user.pk:
        return
    say(
        ComplianceViolated(
            violation_type=ViolationType.UNAUTHORIZED_ACCESS,
            severity=Severity.HIGH,
            user=str(user.pk),
            data_id=data_id,
        )
    )
    raise PermissionDenied("this is another veterinarian's case")


def deny(user: User, why: str) -> None:
    """Refuse what is somebody else's to do, as `people.roles.only` does."""
    security.seen(SecurityEventType.PERMISSION_DENIED, Severity.MEDIUM, user)
    raise PermissionDenied(why)
