"""The delivery of an e-mail: tried, tried again where that may help, and said each time."""

import logging
import time
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Final

from celery import Task, shared_task
from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.urls import reverse

from lab import clock
from lab.say import say
from labotel.catalogs.lab.mail import EmailDelivered, EmailSent, EmailStatus, EmailType
from labotel.catalogs.lab.words import SizeCategory
from people.roles import user_type
from post import signals
from post.mailserver import MailboxGone, MailServerBusy
from post.models import Message

log = logging.getLogger(__name__)

MAY_HELP_TO_WAIT: Final = (MailServerBusy, OSError)  # all that smtplib raises is an OSError
WAIT: Final = 1
"""Seconds until the next attempt."""


@shared_task(bind=True, max_retries=5)
def deliver(self: "Task[..., None]", message_id: int) -> None:
    """Send one message; what becomes of it is told to the receivers of `post.signals`."""
    message = Message.objects.select_related("recipient").get(pk=message_id)
    if message.status in (EmailStatus.SUCCESS, EmailStatus.BOUNCED):
        log.info("Message %s is already %s", message_id, message.status)
        return
    mail = _compose(message)
    ended = partial(_attempted, message, time.monotonic())
    try:
        mail.send()
    except MailboxGone as error:
        ended(EmailStatus.BOUNCED)
        log.warning("Message %s bounced: %s", message_id, error)
        signals.bounced.send(Message, message=message)
        return
    except MAY_HELP_TO_WAIT as error:
        ended(EmailStatus.FAILURE)
        if self.request.retries < (self.max_retries or 0):
            log.warning("Message %s not sent yet: %s", message_id, error)
            raise self.retry(exc=error, countdown=WAIT) from error
        signals.bounced.send(Message, message=message)
        raise
    ended(EmailStatus.SUCCESS, size=len(mail.message().as_bytes()))
    # A careless line, as applications have them: labotel scrubs the address before it leaves.
    log.info("Message %s sent to %s", message_id, message.recipient.email)
    signals.delivered.send(Message, message=message)


def _compose(message: Message) -> EmailMessage:
    picture = reverse("messages:opened", kwargs={"token": message.token})
    mail = EmailMessage(
        subject=message.subject,
        body=f"{message.body.rstrip()}\n\nhttp://{settings.LAB_HOST}{picture}\n",
        to=[message.recipient.email],
    )
    for path in message.attachments:
        mail.attach_file(str(Path(path)))
    return mail


def _attempted(message: Message, began: float, status: EmailStatus, size: int = 0) -> None:
    """Keep how an attempt ended, and say so."""
    took = timedelta(seconds=time.monotonic() - began)
    email_type, now = EmailType(message.email_type), clock.now()
    message.status = status.value
    if status is EmailStatus.SUCCESS:
        message.delivered_at = now
    with transaction.atomic():
        message.save(update_fields=["status", "delivered_at"])
        recipient_type = user_type(message.recipient)
        if recipient_type is None:
            return
        say(
            EmailSent(
                email_type=email_type,
                status=status,
                recipient_type=recipient_type,
                recipient=str(message.recipient_id),
                duration=took,
            )
        )
        if status is EmailStatus.SUCCESS:
            say(
                EmailDelivered(
                    email_type=email_type,
                    size_category=SizeCategory.of(size),
                    duration=now - message.wanted_at,
                )
            )
