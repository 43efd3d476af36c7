"""The laboratory's words: the closed sets that both the database and the telemetry use."""

from enum import StrEnum


class Species(StrEnum):
    """The animal that a sample is from."""

    CANINE = "canine"
    FELINE = "feline"
    EQUINE = "equine"
    BOVINE = "bovine"
    OTHER = "other"


class AnalysisType(StrEnum):
    """What is done with a sample."""

    CYTOLOGY = "cytology"
    HISTOPATHOLOGY = "histopathology"


class ProtocolStatus(StrEnum):
    """How far a protocol has come."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    RECEIVED = "received"
    PROCESSING = "processing"
    COMPLETED = "completed"


class SampleCondition(StrEnum):
    """How a sample arrives."""

    GOOD = "good"
    HEMOLYZED = "hemolyzed"
    DAMAGED = "damaged"


class ReportStatus(StrEnum):
    """How far a report has come."""

    DRAFT = "draft"
    FINALIZED = "finalized"
    SENT = "sent"


class ReportType(StrEnum):
    """What kind of report it is."""

    CYTOLOGY = "cytology"
    HISTOPATHOLOGY = "histopathology"


class Complexity(StrEnum):
    """How hard a case is, in the histopathologist's judgement."""

    SIMPLE = "simple"
    MODERATE = "moderate"
    COMPLEX = "complex"


class ReportSize(StrEnum):
    """How many pages a report has: one, up to three, or more."""

    SMALL = "small"
    MEDIUM = "medium"
    LARGE = "large"

    @classmethod
    def of(cls, pages: int) -> "ReportSize":
        """Return the size of a report of so many pages."""
        if pages == 1:
            return cls.SMALL
        return cls.MEDIUM if pages <= 3 else cls.LARGE


class EmailType(StrEnum):
    """What an e-mail carries."""

    REPORT = "report"


class EmailStatus(StrEnum):
    """What became of an e-mail."""

    SUCCESS = "success"
    FAILURE = "failure"
    BOUNCED = "bounced"


class RecipientType(StrEnum):
    """Who an e-mail goes to."""

    VETERINARIAN = "veterinarian"


def choices(words: type[StrEnum]) -> list[tuple[str, str]]:
    """Return the words as the choices of a model's field."""
    return [(word.value, word.name.title()) for word in words]
