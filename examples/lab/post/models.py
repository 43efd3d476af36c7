"""What the laboratory sends to its people, and what they tell it."""

import secrets

from django.contrib.auth.models import User
from django.db import models, transaction

from lab import clock
from lab.choices import choices
from lab.refused import Refused
from lab.say import say
from labotel.catalogs.lab.clients import ComplaintType, RetentionResult
from labotel.catalogs.lab.mail import (
    Channel,
    EmailOpened,
    EmailStatus,
    EmailType,
    NotificationAnswered,
    NotificationType,
)
from labotel.catalogs.lab.words import Severity


def new_token() -> str:
    """Return what nobody can guess: the address of a mail's picture, which tells it was opened."""
    return secrets.token_urlsafe(24)


class Message(models.Model):
    """An e-mail to one person; `status` is that of the last attempt, empty while one is to come."""

    email_type = models.CharField(max_length=20, choices=choices(EmailType))
    recipient = models.ForeignKey(User, on_delete=models.PROTECT, related_name="mails")
    subject = models.CharField(max_length=200)
    body = models.TextField()
    attachments = models.JSONField(default=list, blank=True)  # the paths of files
    about = models.CharField(max_length=50, blank=True, db_index=True)
    token = models.CharField(max_length=40, unique=True, default=new_token, editable=False)
    status = models.CharField(max_length=20, choices=choices(EmailStatus), blank=True)
    wanted_at = models.DateTimeField(default=clock.now)
    delivered_at = models.DateTimeField(null=True, blank=True)
    opened_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"message {self.pk}"

    @classmethod
    def opened(cls, token: str) -> None:
        """Note that a message was opened; only the first time counts, and says so."""
        with transaction.atomic():
            if cls.objects.filter(token=token, opened_at=None).update(opened_at=clock.now()):
                message = cls.objects.get(token=token)
                say(
                    EmailOpened(
                        email_type=EmailType(message.email_type),
                        recipient=str(message.recipient_id),
                    )
                )


class Notice(models.Model):
    """A notice that was put before a person, who may answer it once."""

    notification_type = models.CharField(max_length=20, choices=choices(NotificationType))
    recipient = models.ForeignKey(User, on_delete=models.CASCADE, related_name="notices")
    channel = models.CharField(max_length=20, choices=choices(Channel))
    text = models.TextField()
    sent_at = models.DateTimeField(default=clock.now)
    answer = models.TextField(blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"notice {self.pk}"

    def take_answer(self, text: str) -> None:
        """Keep the answer, and say that there is one; a second one is refused."""
        with transaction.atomic():
            now = clock.now()
            rows = Notice.objects.filter(pk=self.pk, answered_at=None)
            if not rows.update(answer=text, answered_at=now):
                raise Refused("This notice is already answered.")
            self.answer, self.answered_at = text, now
            say(
                NotificationAnswered(
                    notification_type=NotificationType(self.notification_type),
                    recipient=str(self.recipient_id),
                    notification_id=self.pk,
                )
            )


class Complaint(models.Model):
    """What a client is not content with."""

    client = models.ForeignKey(User, on_delete=models.PROTECT, related_name="complaints")
    complaint_type = models.CharField(max_length=20, choices=choices(ComplaintType))
    severity = models.CharField(max_length=20, choices=choices(Severity))
    text = models.TextField()
    made_at = models.DateTimeField(default=clock.now, editable=False)

    def __str__(self) -> str:
        return f"complaint {self.pk}"


class ClientReview(models.Model):
    """That a client was looked for in a period, so that nobody is counted twice in it."""

    client = models.ForeignKey(User, on_delete=models.CASCADE)
    result = models.CharField(max_length=20, choices=choices(RetentionResult))
    reviewed_at = models.DateTimeField(default=clock.now)

    def __str__(self) -> str:
        return f"{self.client}: {self.result}"
