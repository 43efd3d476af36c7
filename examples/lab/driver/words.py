"""The driver's own words: those of five-systems.md, and else as they stand on the pages.

None comes from labotel or the laboratory: a word that is renamed there is a difference here.
"""

from enum import StrEnum


class Species(StrEnum):
    """The animal that a sample is from."""

    CANINE = "canine"
    FELINE = "feline"
    EQUINE = "equine"
    BOVINE = "bovine"
    OTHER = "other"


class AnalysisType(StrEnum):
    """What the veterinarian asks for."""

    CYTOLOGY = "cytology"
    HISTOPATHOLOGY = "histopathology"


class UserType(StrEnum):
    """Who somebody is to the laboratory."""

    VETERINARIAN = "veterinarian"
    HISTOPATHOLOGIST = "histopathologist"
    STAFF = "staff"
    ADMIN = "admin"


class Severity(StrEnum):
    """How bad it is."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    CRITICAL = "critical"


class SizeCategory(StrEnum):
    """How much a file or a mail weighs."""

    SMALL = "small"
    MEDIUM = "medium"
    LARGE = "large"


class ProtocolStatus(StrEnum):
    """Where a protocol stands."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    RECEIVED = "received"
    PROCESSING = "processing"
    COMPLETED = "completed"


class SampleCondition(StrEnum):
    """What the reception finds in the parcel."""

    GOOD = "good"
    AUTOLYZED = "autolyzed"
    HEMOLYZED = "hemolyzed"
    INSUFFICIENT = "insufficient"
    DAMAGED = "damaged"


class SampleType(StrEnum):
    """What is in the parcel."""

    BIOPSY = "biopsy"
    TISSUE = "tissue"
    SMEAR = "smear"
    FLUID = "fluid"


class Stage(StrEnum):
    """What is done at the bench."""

    GROSSING = "grossing"
    EMBEDDING = "embedding"
    SECTIONING = "sectioning"
    STAINING = "staining"
    SCREENING = "screening"


class IssueType(StrEnum):
    """What is wrong with a sample."""

    LABELING = "labeling"
    INSUFFICIENT_MATERIAL = "insufficient_material"
    AUTOLYSIS = "autolysis"
    POOR_FIXATION = "poor_fixation"
    CONTAMINATION = "contamination"


class CheckType(StrEnum):
    """What the quality control looks at."""

    LABEL = "label"
    SECTION = "section"
    STAIN = "stain"
    REPORT = "report"


class CheckResult(StrEnum):
    """What it finds."""

    PASSED = "passed"
    FAILED = "failed"


class WorkType(StrEnum):
    """What is done again."""

    EMBEDDING = "embedding"
    SECTION = "section"
    STAIN = "stain"
    REPORT = "report"


class ReworkReason(StrEnum):
    """Why."""

    POOR_QUALITY = "poor_quality"
    WRONG_SAMPLE = "wrong_sample"
    MORE_LEVELS = "more_levels"


class Complexity(StrEnum):
    """How hard a case is."""

    SIMPLE = "simple"
    MODERATE = "moderate"
    COMPLEX = "complex"


class DeliveryMethod(StrEnum):
    """How a report comes."""

    EMAIL = "email"
    PORTAL = "portal"


class OrderType(StrEnum):
    """How soon the work is wanted."""

    ROUTINE = "routine"
    URGENT = "urgent"
    SECOND_OPINION = "second_opinion"


class ServiceType(StrEnum):
    """A line of the price list."""

    CYTOLOGY = "cytology"
    HISTOPATHOLOGY = "histopathology"
    SPECIAL_STAIN = "special_stain"
    IMMUNOHISTOCHEMISTRY = "immunohistochemistry"
    EXPRESS = "express"


class PaymentStatus(StrEnum):
    """How far a bill is paid."""

    PENDING = "pending"
    PAID = "paid"
    OVERDUE = "overdue"
    REFUNDED = "refunded"


class EmailType(StrEnum):
    """What a mail is about."""

    REPORT = "report"
    SAMPLE_RECEIVED = "sample_received"
    INVOICE = "invoice"
    PASSWORD_RESET = "password_reset"


class EmailStatus(StrEnum):
    """How an attempt to send it ended."""

    SUCCESS = "success"
    FAILURE = "failure"
    BOUNCED = "bounced"


class NotificationType(StrEnum):
    """What a notice is about."""

    SAMPLE_RECEIVED = "sample_received"
    REPORT_READY = "report_ready"
    MORE_MATERIAL = "more_material"
    PAYMENT_DUE = "payment_due"


class Channel(StrEnum):
    """Where a notice is read."""

    PORTAL = "portal"
    EMAIL = "email"


class FileType(StrEnum):
    """What somebody sends or takes away."""

    PDF = "pdf"
    IMAGE = "image"
    TEXT = "text"
    OTHER = "other"


class StorageType(StrEnum):
    """Where the laboratory keeps it."""

    ATTACHMENTS = "attachments"
    REPORTS = "reports"
    INVOICES = "invoices"


class RetentionResult(StrEnum):
    """Whether a client stayed."""

    RETAINED = "retained"
    LOST = "lost"


class ComplaintType(StrEnum):
    """What a client complains of."""

    DELAY = "delay"
    RESULT = "result"
    BILLING = "billing"
    COMMUNICATION = "communication"


class LoginMethod(StrEnum):
    """How somebody came in."""

    PASSWORD = "password"
    RESET_LINK = "reset_link"


class ActionType(StrEnum):
    """What a request does."""

    VIEW = "view"
    CREATE = "create"
    UPDATE = "update"
    DELETE = "delete"
    UPLOAD = "upload"
    DOWNLOAD = "download"


class Module(StrEnum):
    """The first part of an address."""

    PROTOCOLS = "protocols"
    SAMPLES = "samples"
    REPORTS = "reports"
    ORDERS = "orders"
    FILES = "files"
    MESSAGES = "messages"
    ACCOUNTS = "accounts"
    ADMIN = "admin"


class Role(StrEnum):
    """What somebody of the laboratory does there."""

    RECEPTION = "reception"
    BENCH = "bench"
    DIAGNOSIS = "diagnosis"
    BILLING = "billing"


class SecurityEventType(StrEnum):
    """What the laboratory's security wants to know."""

    LOGIN_FAILED = "login_failed"
    ACCOUNT_LOCKED = "account_locked"
    PERMISSION_DENIED = "permission_denied"
    PASSWORD_CHANGED = "password_changed"
    UPLOAD_REFUSED = "upload_refused"


class ResetMethod(StrEnum):
    """How somebody got a new password."""

    EMAIL = "email"
    ADMIN = "admin"


class DataType(StrEnum):
    """What the audit log speaks of."""

    PROTOCOL = "protocol"
    REPORT = "report"
    INVOICE = "invoice"
    ATTACHMENT = "attachment"
    PERSON = "person"


class AuditAction(StrEnum):
    """What was done with it."""

    VIEW = "view"
    CREATE = "create"
    UPDATE = "update"
    DELETE = "delete"
    EXPORT = "export"


class ViolationType(StrEnum):
    """A rule that was broken."""

    UNAUTHORIZED_ACCESS = "unauthorized_access"
    LATE_REPORT = "late_report"
    UNSIGNED_CHANGE = "unsigned_change"


CASSETTES = {
    0: "none", 1: "1",
    **dict.fromkeys(range(2, 6), "2-5"),
    **dict.fromkeys(range(6, 11), "6-10"),
    **dict.fromkeys(range(11, 100), "over 10"),
}  # fmt: skip
"""The class of each number of cassettes."""

SERVICES = {1: "1", 2: "2-3", 3: "2-3", **dict.fromkeys(range(4, 100), "over 3")}
"""The class of each number of services on an order."""

PAGES = {1: "small", 2: "medium", 3: "medium", **dict.fromkeys(range(4, 100), "large")}
"""The class of each number of pages of a report."""
