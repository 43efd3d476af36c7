"""What an answer means to the one who asked: each request is counted as its sender understands it.

A request tells by its own method, path and status that somebody looked at a report or was refused;
what it cannot tell (of which species, for how much money) is counted where it is sent.
"""

import re
from typing import NamedTuple

from driver.tally import Tally
from driver.words import (
    ActionType,
    AuditAction,
    DataType,
    FileType,
    Module,
    SecurityEventType,
    Severity,
    UserType,
    ViolationType,
)

HOME = Module.PROTOCOLS


class Way(NamedTuple):
    """Requests of one kind: how they are sent, where to, and how they are answered."""

    method: str
    path: str
    status: int

    def fits(self, method: str, path: str, status: int) -> bool:
        """Tell whether a request is one of these."""
        same = (method, status) == (self.method, self.status)
        return same and re.fullmatch(self.path, path) is not None


AUDITED = {
    Way("GET", r"/protocols/\d+/", 200): (DataType.PROTOCOL, AuditAction.VIEW),
    Way("POST", r"/protocols/new/", 302): (DataType.PROTOCOL, AuditAction.CREATE),
    Way("POST", r"/protocols/\d+/delete/", 302): (DataType.PROTOCOL, AuditAction.DELETE),
    Way("GET", r"/reports/\d+/", 200): (DataType.REPORT, AuditAction.VIEW),
    Way("GET", r"/reports/\d+/pdf/", 200): (DataType.REPORT, AuditAction.EXPORT),
    Way("GET", r"/files/\d+/", 200): (DataType.ATTACHMENT, AuditAction.EXPORT),
    Way("GET", r"/orders/\d+/", 200): (DataType.INVOICE, AuditAction.VIEW),
    Way("GET", r"/orders/\d+/pdf/", 200): (DataType.INVOICE, AuditAction.EXPORT),
    Way("GET", r"/accounts/people/", 200): (DataType.PERSON, AuditAction.VIEW),
    Way("POST", r"/accounts/people/\d+/password/", 302): (DataType.PERSON, AuditAction.UPDATE),
}
"""What the audit log must say."""

HOME_VIEWS = "views of the home page"
HOME_PAGE = Way("GET", r"/", 200)
"""It shows numbers that it asks the cache for."""

DOWNLOADED = Way("GET", r"/(reports|orders)/\d+/pdf/", 200)

VIOLATIONS = {
    Way("GET", r"/protocols/\d+/", 403): (ViolationType.UNAUTHORIZED_ACCESS, Severity.HIGH),
    Way("GET", r"/reports/\d+/pdf/", 403): (ViolationType.UNAUTHORIZED_ACCESS, Severity.HIGH),
    Way("POST", r"/reports/\d+/revise/", 409): (ViolationType.UNSIGNED_CHANGE, Severity.MEDIUM),
}
"""The rules that a refused request was about to break."""

SECURITY = {
    Way("GET", r"/accounts/people/", 403): (SecurityEventType.PERMISSION_DENIED, Severity.MEDIUM),
    Way("POST", r"/files/upload/\d+/", 400): (SecurityEventType.UPLOAD_REFUSED, Severity.MEDIUM),
}
"""What the laboratory's security wants to know."""

POSTS = {
    r"/protocols/new/|/protocols/\d+/report/": ActionType.CREATE,
    r"/messages/complaints/new/|/accounts/satisfaction/": ActionType.CREATE,
    r"/protocols/\d+/delete/": ActionType.DELETE,
    r"/files/upload/\d+/": ActionType.UPLOAD,
}
"""What a person does who sends these forms; any other form is a change."""

DOWNLOADS = r"/files/\d+/|/(reports|orders)/\d+/pdf/"
"""What a person takes away; to see any other page, or a form, is a look."""


class Witness:
    """Counts requests by what they are and how they were answered."""

    def __init__(self, tally: Tally) -> None:
        self._tally = tally

    def saw(self, user_type: UserType | None, method: str, path: str, status: int) -> bool:
        """Count one request of somebody of that type, or of nobody who is signed in.

        Tell whether it was an action: something that somebody did in a part of the system.
        """
        self._tally.add("http_requests_total", method=method, status=str(status))
        if user_type is None:
            return False
        if HOME_PAGE.fits(method, path, status):
            self._tally.note(HOME_VIEWS)
        acted = self._action(user_type, method, path, status)
        for way, (data, action) in AUDITED.items():
            if way.fits(method, path, status):
                self._tally.add(
                    "data_access_audit_total",
                    user_type=user_type, data_type=data, action=action,
                )  # fmt: skip
        if DOWNLOADED.fits(method, path, status):
            self._tally.add("file_downloads_total", file_type=FileType.PDF)
        for way, (violation, severity) in VIOLATIONS.items():
            if way.fits(method, path, status):
                self._tally.add(
                    "compliance_violations_total", violation_type=violation, severity=severity
                )
        for way, (event, severity) in SECURITY.items():
            if way.fits(method, path, status):
                self._tally.add("security_events_total", event_type=event, severity=severity)
        return acted

    def _action(self, user_type: UserType, method: str, path: str, status: int) -> bool:
        segment = path.split("/")[1]
        if segment and segment not in set(Module):
            return False
        done = action_of(method, path)
        self._tally.add(
            "user_actions_total",
            user_type=user_type, action_type=done, module=segment or HOME,
        )  # fmt: skip
        if status >= 400:
            self._tally.add("user_errors_total", user_type=user_type, action_type=done)
        return True


def action_of(method: str, path: str) -> ActionType:
    """Return what a request does."""
    if method == "GET":
        return ActionType.DOWNLOAD if re.fullmatch(DOWNLOADS, path) else ActionType.VIEW
    for pattern, action in POSTS.items():
        if re.fullmatch(pattern, path):
            return action
    return ActionType.UPDATE
