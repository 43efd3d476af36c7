"""A mail server in a folder, as moody as real ones: for one clinic it greylists, one it refuses."""

import hashlib
import os
import time
import uuid
from collections.abc import Sequence
from pathlib import Path

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend


class MailServerBusy(Exception):
    """The recipient's mail server asks to come back later."""


class MailboxGone(Exception):
    """The recipient's mail server refuses the address for good."""


class FolderMailServer(BaseEmailBackend):
    """Django's door to it: each message that is taken becomes a file that ends in `.eml`."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        """Deliver the messages; raise where a recipient's server does not take one."""
        for message in email_messages:
            for recipient in message.recipients():
                _knock(recipient, message)
            _write(message)
        return len(email_messages)


def _knock(recipient: str, message: EmailMessage) -> None:
    domain = recipient.rpartition("@")[2]
    if domain == settings.BOUNCING_DOMAIN:
        raise MailboxGone(f"550 5.1.1 {domain}: no such mailbox")
    if domain == settings.GREYLISTING_DOMAIN and _is_new(recipient, message):
        raise MailServerBusy(f"450 4.2.0 {domain}: greylisted, please try again later")


def _is_new(recipient: str, message: EmailMessage) -> bool:
    """Tell whether this message comes for the first time; from now on it is known."""
    said = f"{recipient} {message.subject} {message.body}"
    known = Path(settings.GREYLIST) / hashlib.sha256(said.encode()).hexdigest()
    try:
        # Of two workers at the door with it, one makes the file: exactly one is refused.
        known.open("x").close()
    except FileExistsError:
        return False
    return True


def _write(message: EmailMessage) -> None:
    folder = Path(settings.EMAIL_FILE_PATH)
    name = f"{time.time_ns()}-{uuid.uuid4().hex}"  # in the order of their arrival
    unfinished = folder / f"{name}.unfinished"
    unfinished.write_bytes(message.message().as_bytes())
    # Renamed when it is whole: nobody reads half a message.
    os.replace(unfinished, folder / f"{name}.eml")
