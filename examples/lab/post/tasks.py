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
from django.dispatch import Signal
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
    if message.status:
        log.info("Message %s is already %s", message_id, message.status)
        return
    ended = partial(_attempted, message, time.monotonic())
    try:
        # In here, too: an attachment that is not there is an attempt that failed.
        size = _send(message)
    except MailboxGone as error:
        ended(EmailStatus.BOUNCED, tell=signals.bounced)
        log.warning("Message %s bounced: %s", message_id, error)
        return
    except MAY_HELP_TO_WAIT as error:
        if self.request.retries < (self.max_retries or 0):
            ended(EmailStatus.FAILURE)
            log.warning("Message %s not sent yet: %s", message_id, error)
            raise self.retry(exc=error, countdown=WAIT) from error
        ended(EmailStatus.FAILURE, tell=signals.bounced)
        raise
    ended(EmailStatus.SUCCESS, tell=signals.delivered, size=size)
    # A careless line, as applications have them: labotel scrubs the address before it leaves.
    log.info("Message %s sent to %s", message_id, message.recipient.email)


def _send(message: Message) -> int:
    """Send the mail; return its bytes. Without an address there is no mailbox."""
    mail = _compose(message)
    if not mail.send():
        raise MailboxGone(f"person {message.recipient_id} has no address")
    return len(mail.message().as_bytes())


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


@transaction.atomic
def _attempted(
    message: Message,
    began: float,
    status: EmailStatus,
    tell: Signal | None = None,
    size: int = 0,
) -> None:
    """Say how an attempt ended; where it was the last one, keep that and `tell` who waits for it.

    The receivers belong to the same transaction: where one fails, the message is not done with, and
    `manage.py resend` finds it.
    """
    took = timedelta(seconds=time.monotonic() - began)
    if tell is not None:
        message.status = status.value
        if message.email_type == EmailType.PASSWORD_RESET:
            message.body = ""  # the link in it opens an account: its reader alone has it now
    if status is EmailStatus.SUCCESS:
        message.delivered_at = clock.now()
    message.save(update_fields=["status", "delivered_at", "body"])
    _say(message, status, took, size)
    if tell is not None:
        tell.send(Message, message=message)


def _say(message: Message, status: EmailStatus, took: timedelta, size: int) -> None:
    email_type, recipient_type = EmailType(message.email_type), user_type(message.recipient)
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
    if message.delivered_at is not None:
        say(
            EmailDelivered(
                email_type=email_type,
                size_category=SizeCategory.of(size),
                duration=message.delivered_at - message.wanted_at,
            )
        )
