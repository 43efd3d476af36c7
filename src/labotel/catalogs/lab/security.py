"""Security and compliance: who was let in, who was not, and who looked at what."""

from enum import StrEnum
from typing import Final

from labotel.catalogs.lab.words import Severity, UserType
from labotel.events.event import Event
from labotel.events.instruments import Counter
from labotel.events.marks import Personal, Unbounded


class SecurityEventType(StrEnum):
    """What happened."""

    LOGIN_FAILED = "login_failed"
    ACCOUNT_LOCKED = "account_locked"
    PERMISSION_DENIED = "permission_denied"
    PASSWORD_CHANGED = "password_changed"  # noqa: S105  # the event's name
    UPLOAD_REFUSED = "upload_refused"


class ResetMethod(StrEnum):
    """How a password was reset."""

    EMAIL = "email"
    ADMIN = "admin"


class DataType(StrEnum):
    """What was looked at or changed."""

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
    """Which rule was broken."""

    UNAUTHORIZED_ACCESS = "unauthorized_access"
    LATE_REPORT = "late_report"
    UNSIGNED_CHANGE = "unsigned_change"


class SecurityEventSeen(
    Event,
    name="lab.security.event",
    instruments=(Counter("security_events_total", by=("event_type", "severity")),),
    severity="WARN",
    body="security: {event_type} ({severity})",
):
    """Something that concerns the system's security happened."""

    event_type: SecurityEventType
    severity: Severity
    user: Personal[str | None] = None


class LoginFailed(
    Event,
    name="lab.security.login_failed",
    instruments=(Counter("failed_login_attempts_total", by=("user_type",)),),
    severity="WARN",
    body="a sign-in failed",
):
    """A sign-in was refused; the type of user is ``none`` where nobody has that name."""

    user_type: UserType | None
    ip_address: Personal[str | None]


class PasswordReset(
    Event,
    name="lab.security.password_reset",
    instruments=(Counter("password_resets_total", by=("user_type", "method")),),
    body="a password was reset by {method}",
):
    """A person has a new password after the old one was lost."""

    user_type: UserType
    method: ResetMethod
    user: Personal[str]


class DataAccessed(
    Event,
    name="lab.compliance.data_accessed",
    instruments=(Counter("data_access_audit_total", by=("user_type", "data_type", "action")),),
    body="{user_type}: {action} of {data_type} {data_id}",
):
    """A person looked at, made, deleted or took away a record: the audit log's line.

    A step of a record's life (a receipt, a signature, a payment) is an event of its own, which
    names who did it.
    """

    user_type: UserType
    data_type: DataType
    action: AuditAction
    user: Personal[str]
    data_id: Unbounded[int | None]


class ComplianceViolated(
    Event,
    name="lab.compliance.violated",
    instruments=(Counter("compliance_violations_total", by=("violation_type", "severity")),),
    severity="ERROR",
    body="compliance: {violation_type} ({severity})",
):
    """A rule that the laboratory must keep was broken."""

    violation_type: ViolationType
    severity: Severity
    user: Personal[str | None] = None
    data_id: Unbounded[int | None] = None


EVENTS: Final = (
    SecurityEventSeen, LoginFailed, PasswordReset, DataAccessed, ComplianceViolated,
)  # fmt: skip
