"""A mail server in a folder; for one clinic it greylists, as many real ones do."""

from collections.abc import Sequence
from pathlib import Path

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends.filebased import EmailBackend


class MailServerBusy(Exception):
    """The clinic's mail server asks to come back later."""


class GreylistingBackend(EmailBackend):
    """Writes each message to a file, but not the first that comes for the greylisting domain."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        """Deliver the messages; raise MailServerBusy where a recipient's server wants a retry."""
        for message in email_messages:
            for recipient in message.recipients():
                _knock(recipient.rpartition("@")[2])
        return int(super().send_messages(email_messages) or 0)


def _knock(domain: str) -> None:
    """Raise where the domain greylists and has not seen this sender before."""
    if domain != settings.GREYLISTING_DOMAIN:
        return
    known = Path(settings.GREYLIST) / domain
    try:
        # Of two workers at the door for the first time, one makes the file: exactly one is refused.
        known.open("x").close()
    except FileExistsError:
        return
    raise MailServerBusy(f"450 4.2.0 {domain}: greylisted, please try again later")
