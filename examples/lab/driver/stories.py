"""What happens to each protocol of a run: some cases told one by one, and more drawn by chance.

The told cases are those of which each run has one: a draft that is deleted, a report signed twice,
money given back. Chance is seeded: each run of so many protocols is the same.
"""

import random
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import Enum, auto

from driver.words import (
    AnalysisType,
    CheckType,
    Complexity,
    FileType,
    IssueType,
    OrderType,
    ProtocolStatus,
    ReworkReason,
    SampleCondition,
    SampleType,
    ServiceType,
    Severity,
    Species,
    WorkType,
)

DAYS = 12
"""About so long are the two weeks, from the first draft to the last review."""

STRICT_CLINIC = "strict-clinic.example"
"""Its mail server refuses each message at the first attempt."""
GONE_CLINIC = "gone-clinic.example"
"""It has no mail server any more."""


class Payment(Enum):
    """What becomes of an order's bill."""

    PENDING = auto()
    PAID = auto()
    PART_REFUNDED = auto()
    REFUNDED = auto()
    OVERDUE = auto()


class Twist(Enum):
    """Something out of the ordinary that happens to a case once."""

    DELETED = auto()  # the draft is deleted
    SMUDGED = auto()  # the label cannot be read at first: a 500
    CORRECTED = auto()  # an administrator takes a receipt back in Django's admin
    SIGNED_TWICE = auto()  # the button is pressed twice: a 409
    CHANGED_AFTER = auto()  # somebody wants to rewrite a signed report: a 409 and a violation
    SEEN_BY_STRANGER = auto()  # another clinic's veterinarian opens the protocol: a 403
    TAKEN_BY_STRANGER = auto()  # and here the report's PDF: a 403
    PAID_TWICE = auto()  # the second time is a 409
    RATED_TWICE = auto()  # the second time is a 409


@dataclass(frozen=True)
class FailedCheck:
    """A check of the quality control that ends with work to be done again."""

    check: CheckType
    work: WorkType
    reason: ReworkReason


@dataclass(frozen=True)
class Case:
    """One protocol's way to its last status; `begins` is in hours after its week's beginning."""

    vet: str
    species: Species
    analysis: AnalysisType
    sample_type: SampleType
    samples: int = 1
    order: OrderType = OrderType.ROUTINE
    condition: SampleCondition = SampleCondition.GOOD
    ending: ProtocolStatus = ProtocolStatus.COMPLETED
    week: int = 1
    begins: float = 0.0
    complexity: Complexity = Complexity.SIMPLE
    cassettes: int = 1
    revisions: int = 0
    issue: tuple[IssueType, Severity] | None = None
    failed: FailedCheck | None = None
    accuracy: Decimal | None = None
    rating: int | None = None
    services: tuple[ServiceType, ...] = ()
    payment: Payment = Payment.PAID
    uploads: tuple[FileType, ...] = ()
    opens_mail: int = 0
    twists: frozenset[Twist] = frozenset()

    def has(self, twist: Twist) -> bool:
        """Tell whether something happens to the case."""
        return twist in self.twists


_C, _H = AnalysisType.CYTOLOGY, AnalysisType.HISTOPATHOLOGY

TOLD = (
    Case(
        "vet-1", Species.CANINE, _H, SampleType.BIOPSY, 2, complexity=Complexity.MODERATE,
        cassettes=4, revisions=2, issue=(IssueType.INSUFFICIENT_MATERIAL, Severity.HIGH),
        accuracy=Decimal("0.95"), rating=5, services=(ServiceType.SPECIAL_STAIN,),
        uploads=(FileType.IMAGE, FileType.TEXT), opens_mail=2,
    ),
    Case(
        "vet-2", Species.FELINE, _C, SampleType.SMEAR, 1, OrderType.URGENT,
        SampleCondition.HEMOLYZED, cassettes=0, rating=4, uploads=(FileType.PDF,), opens_mail=1,
        twists=frozenset({Twist.SMUDGED, Twist.SIGNED_TWICE, Twist.PAID_TWICE}),
    ),
    Case(
        "vet-3", Species.EQUINE, _H, SampleType.TISSUE, 1, OrderType.SECOND_OPINION,
        SampleCondition.AUTOLYZED, complexity=Complexity.COMPLEX, cassettes=12, revisions=1,
        issue=(IssueType.AUTOLYSIS, Severity.MEDIUM),
        failed=FailedCheck(CheckType.STAIN, WorkType.STAIN, ReworkReason.POOR_QUALITY),
        accuracy=Decimal("0.8"), rating=3, payment=Payment.PART_REFUNDED,
        services=(ServiceType.IMMUNOHISTOCHEMISTRY,),
        twists=frozenset({Twist.CHANGED_AFTER, Twist.RATED_TWICE}),
    ),
    Case(
        "vet-4", Species.BOVINE, _H, SampleType.BIOPSY, 1, OrderType.URGENT,
        SampleCondition.DAMAGED, cassettes=7, payment=Payment.REFUNDED,
        services=(ServiceType.SPECIAL_STAIN, ServiceType.IMMUNOHISTOCHEMISTRY),
        issue=(IssueType.CONTAMINATION, Severity.CRITICAL), uploads=(FileType.OTHER,),
        twists=frozenset({Twist.TAKEN_BY_STRANGER}),
    ),
    Case(
        "vet-5", Species.OTHER, _C, SampleType.FLUID, 1, condition=SampleCondition.INSUFFICIENT,
        issue=(IssueType.LABELING, Severity.LOW), complexity=Complexity.MODERATE,
        failed=FailedCheck(CheckType.SECTION, WorkType.SECTION, ReworkReason.MORE_LEVELS),
    ),
    Case(
        "vet-6", Species.CANINE, _C, SampleType.SMEAR, 1, begins=2, payment=Payment.OVERDUE,
        issue=(IssueType.POOR_FIXATION, Severity.LOW), cassettes=1,
    ),
    Case(
        "vet-1", Species.FELINE, _H, SampleType.TISSUE, 1, begins=20, ending=ProtocolStatus.DRAFT,
        twists=frozenset({Twist.DELETED}),
    ),
    Case(
        "vet-2", Species.CANINE, _C, SampleType.FLUID, 1, begins=16, ending=ProtocolStatus.DRAFT,
        twists=frozenset({Twist.SEEN_BY_STRANGER}),
    ),
    Case(
        "vet-3", Species.BOVINE, _H, SampleType.BIOPSY, 1, begins=12,
        ending=ProtocolStatus.SUBMITTED,
    ),
    Case(
        "vet-4", Species.EQUINE, _C, SampleType.SMEAR, 1, begins=10,
        ending=ProtocolStatus.RECEIVED, twists=frozenset({Twist.CORRECTED}),
    ),
    Case(
        "vet-5", Species.OTHER, _H, SampleType.TISSUE, 1, begins=8, ending=ProtocolStatus.RECEIVED,
    ),
    Case(
        "vet-1", Species.EQUINE, _H, SampleType.BIOPSY, 1, begins=6,
        ending=ProtocolStatus.PROCESSING,
    ),
    Case(
        "vet-2", Species.CANINE, _H, SampleType.BIOPSY, 1, OrderType.URGENT, week=2,
        payment=Payment.PENDING, opens_mail=1,
    ),
    Case("vet-1", Species.FELINE, _C, SampleType.FLUID, 1, week=2, begins=4, rating=5),
    Case(
        "vet-3", Species.CANINE, _C, SampleType.SMEAR, 1, week=2, begins=8,
        ending=ProtocolStatus.SUBMITTED,
    ),
    Case(
        "vet-4", Species.BOVINE, _C, SampleType.SMEAR, 1, week=2, begins=6,
        ending=ProtocolStatus.SUBMITTED,
    ),
)  # fmt: skip
"""Each case that a run must have. After this, vet-5 and vet-6 have sent nothing in week two."""


def stories(number: int) -> list[Case]:
    """Return the told cases and so many drawn ones that there are `number` of them."""
    chance = random.Random(17)
    return [*TOLD, *(_drawn(chance) for _ in range(number - len(TOLD)))]


def _drawn(chance: random.Random) -> Case:
    """Return an ordinary case, from its draft to its payment."""
    analysis = chance.choice(list(AnalysisType))
    kinds = {
        _C: (SampleType.SMEAR, SampleType.FLUID),
        _H: (SampleType.BIOPSY, SampleType.TISSUE),
    }[analysis]
    case = Case(
        vet=f"vet-{chance.randint(1, 4)}",
        species=chance.choice(list(Species)),
        analysis=analysis,
        sample_type=chance.choice(kinds),
        samples=chance.choices((1, 2, 3), (6, 3, 1))[0],
        order=chance.choices(list(OrderType), (6, 2, 1))[0],
        condition=chance.choices(list(SampleCondition), (16, 1, 1, 1, 1))[0],
        week=1,
        begins=chance.uniform(0, 20),
        complexity=chance.choices(list(Complexity), (5, 3, 1))[0],
        cassettes=chance.randint(0, 12) if analysis == _H else 0,
        revisions=chance.choices((0, 1, 2), (5, 3, 1))[0],
        rating=chance.choice((None, None, 3, 4, 5)),
        opens_mail=chance.choice((0, 1)),
    )
    if chance.random() < 0.2:
        issue = (chance.choice(list(IssueType)), chance.choice(list(Severity)))
        case = replace(case, issue=issue)
    return case
