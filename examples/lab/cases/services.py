"""Steps that reach further than one record: an order, a mail, a notice or a task comes with them.

Each is one transaction: where any part is refused, none has happened and nothing is said.
"""

from django.contrib.auth.models import User
from django.db import transaction

from cases import labels
from cases.models import Protocol, Report, Sample
from cases.tasks import render_report
from lab.publish import publish
from lab.refused import Refused
from labotel.catalogs.lab.mail import EmailType, NotificationType
from labotel.catalogs.lab.orders import OrderType
from labotel.catalogs.lab.protocols import ProtocolStatus, SampleCondition
from labotel.catalogs.lab.samples import IssueType, SampleType
from labotel.catalogs.lab.words import AnalysisType, Severity, Species
from orders.services import order_for
from post import mail, notices

GRAVE = (Severity.HIGH, Severity.CRITICAL)


@transaction.atomic
def open_protocol(
    veterinarian: User,
    animal: str,
    species: Species,
    analysis_type: AnalysisType,
    sample_type: SampleType,
    samples: int,
) -> Protocol:
    """Open a protocol as a draft, with its samples."""
    protocol = Protocol.objects.create(
        veterinarian=veterinarian,
        animal=animal,
        species=species.value,
        analysis_type=analysis_type.value,
    )
    Sample.objects.bulk_create(
        Sample(protocol=protocol, sample_type=sample_type.value) for _ in range(samples)
    )
    return protocol


@transaction.atomic
def submit(protocol: Protocol, order_type: OrderType) -> None:
    """Send a protocol's samples to the laboratory, and order the work."""
    protocol.submit()
    order_for(protocol, order_type)


@transaction.atomic
def receive(protocol: Protocol, label: str, sample_condition: SampleCondition, by: User) -> None:
    """Take in the samples with this label, and tell their veterinarian.

    Raises UnreadableSample where nobody can tell whose samples these are: that matters where
    samples are expected.
    """
    protocol.expect(ProtocolStatus.SUBMITTED)
    if labels.read(label) != protocol.pk:
        raise Refused(f"These are not the samples of protocol {protocol.pk}.")
    protocol.receive(sample_condition, by)
    veterinarian = protocol.veterinarian
    text = f"The samples of {protocol.animal} arrived: {sample_condition}."
    subject = f"Protocol {protocol.pk}: samples received"
    mail.send(EmailType.SAMPLE_RECEIVED, veterinarian, subject, text)
    notices.notify(NotificationType.SAMPLE_RECEIVED, veterinarian, text)


@transaction.atomic
def find_issue(sample: Sample, issue_type: IssueType, severity: Severity, by: User) -> None:
    """Note what is wrong with a sample; where that is grave, ask for more material."""
    sample.find_issue(issue_type, severity, by)
    if severity in GRAVE:
        veterinarian = sample.protocol.veterinarian
        text = f"Please send more of {sample.protocol.animal}: {issue_type.replace('_', ' ')}."
        notices.notify(NotificationType.MORE_MATERIAL, veterinarian, text)


@transaction.atomic
def finalize(report: Report) -> None:
    """Sign a report, and have it rendered and sent."""
    report.finalize()
    publish(render_report, report.pk)
