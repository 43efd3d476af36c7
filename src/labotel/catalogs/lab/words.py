"""The laboratory's words that several areas share: closed sets, so that each may be a label."""

from enum import StrEnum


class Species(StrEnum):
    """The animal that a sample is from."""

    CANINE = "canine"
    FELINE = "feline"
    EQUINE = "equine"
    BOVINE = "bovine"
    OTHER = "other"


class AnalysisType(StrEnum):
    """What is done with a protocol's samples."""

    CYTOLOGY = "cytology"
    HISTOPATHOLOGY = "histopathology"


class UserType(StrEnum):
    """What a person is to the laboratory."""

    VETERINARIAN = "veterinarian"
    HISTOPATHOLOGIST = "histopathologist"
    STAFF = "staff"
    ADMIN = "admin"


class Severity(StrEnum):
    """How much something that went wrong matters."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    CRITICAL = "critical"


class SizeCategory(StrEnum):
    """The size of a file or message: below 100 kB, below 1 MB, or more."""

    SMALL = "small"
    MEDIUM = "medium"
    LARGE = "large"

    @classmethod
    def of(cls, size: int) -> "SizeCategory":
        """Return the category of so many bytes."""
        if size < 100_000:
            return cls.SMALL
        return cls.MEDIUM if size < 1_000_000 else cls.LARGE
