"""How an e-mail is sent: written down now, delivered by a task once that is committed."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from django.contrib.auth.models import User

from lab import clock
from lab.publish import publish
from labotel.catalogs.lab.mail import EmailType
from post.models import Message
from post.tasks import deliver


def send(
    email_type: EmailType,
    recipient: User,
    subject: str,
    body: str,
    attachments: Sequence[Path] = (),
    wanted_at: datetime | None = None,
    about: str | None = None,
) -> Message:
    """Have an e-mail sent, with the files that `attachments` name.

    `about` is a short text such as `report:12`, by which a receiver of `post.signals` knows its
    own; `wanted_at` is since when the message is wanted, where that is not now.
    """
    message = Message.objects.create(
        email_type=email_type.value,
        recipient=recipient,
        subject=subject,
        body=body,
        attachments=[str(path) for path in attachments],
        about=about or "",
        wanted_at=wanted_at or clock.now(),
    )
    publish(deliver, message.pk)
    return message


def is_written(about: str) -> bool:
    """Tell whether there is a mail about this, whatever became of it."""
    return Message.objects.filter(about=about).exists()
