"""What the laboratory keeps about its people; the times are on the laboratory's clock."""

from datetime import date

from django.contrib.auth.models import User
from django.db import models
from django.db.models import F

from lab import clock
from lab.choices import choices
from labotel.catalogs.lab.reports import DeliveryMethod
from labotel.catalogs.lab.users import Role


class Profile(models.Model):
    """What Django's user does not know of a person."""

    user = models.OneToOneField(User, on_delete=models.CASCADE)
    clinic = models.CharField(max_length=100, blank=True)
    role = models.CharField(max_length=20, choices=choices(Role), blank=True)
    delivery = models.CharField(
        max_length=20, choices=choices(DeliveryMethod), default=DeliveryMethod.EMAIL.value
    )

    def __str__(self) -> str:
        return f"profile of {self.user}"


class WorkSession(models.Model):
    """A person's time at work: from signing in to signing out, or to being signed out."""

    user = models.ForeignKey(User, on_delete=models.CASCADE)
    session_key = models.CharField(max_length=40, db_index=True)
    started_at = models.DateTimeField(default=clock.now)
    ended_at = models.DateTimeField(null=True, blank=True, db_index=True)

    def __str__(self) -> str:
        return f"session {self.pk} of {self.user}"


class FailedLogin(models.Model):
    """A wrong password, kept until the right one comes: five in a row close the account."""

    user = models.ForeignKey(User, on_delete=models.CASCADE)
    at = models.DateTimeField(default=clock.now)

    def __str__(self) -> str:
        return f"failed log-in of {self.user}"


class AccountLock(models.Model):
    """A closed account: until then not even the right password opens it."""

    user = models.OneToOneField(User, on_delete=models.CASCADE)
    until = models.DateTimeField()

    def __str__(self) -> str:
        return f"lock of {self.user}"


class DayTally(models.Model):
    """How much a person did on a day, and how much of it `score_day` has scored already."""

    user = models.ForeignKey(User, on_delete=models.CASCADE)
    day = models.DateField()
    actions = models.PositiveIntegerField(default=0)
    scored = models.PositiveIntegerField(default=0)

    class Meta:
        """One row for each person and day."""

        constraints = (models.UniqueConstraint(fields=["user", "day"], name="one_tally_a_day"),)

    def __str__(self) -> str:
        return f"{self.user} on {self.day}: {self.actions}"

    @classmethod
    def add(cls, user: User, day: date) -> None:
        """Count one action; the database adds, so that of two at once none is lost."""
        row, _ = cls.objects.get_or_create(user=user, day=day)
        cls.objects.filter(pk=row.pk).update(actions=F("actions") + 1)


class Satisfaction(models.Model):
    """How content a person is with the system, 1 to 10."""

    user = models.ForeignKey(User, on_delete=models.CASCADE)
    score = models.PositiveSmallIntegerField()
    rated_at = models.DateTimeField(default=clock.now)

    def __str__(self) -> str:
        return f"{self.score} by {self.user}"
