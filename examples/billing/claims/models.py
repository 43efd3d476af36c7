"""What is kept: claims by payer, what was found in them, and who was told."""

from django.db import models


class Payer(models.Model):
    """Who pays claims, or denies them."""

    name = models.CharField(max_length=100, unique=True)


class Claim(models.Model):
    """One claim; the patient is protected health information, and leaves by no telemetry."""

    payer = models.ForeignKey(Payer, models.CASCADE, related_name="claims")
    patient = models.CharField(max_length=100)
    amount = models.DecimalField(max_digits=10, decimal_places=2)
    denied = models.BooleanField()


class Subscriber(models.Model):
    """Who is told of a payer's drift: the address of a webhook."""

    payer = models.ForeignKey(Payer, models.CASCADE, related_name="subscribers")
    url = models.URLField()


class Alert(models.Model):
    """A drift that a subscriber is to be told of."""

    class Status(models.TextChoices):
        """What became of it."""

        WAITING = "waiting"
        SUCCESS = "success"
        FAILURE = "failure"

    subscriber = models.ForeignKey(Subscriber, models.CASCADE, related_name="alerts")
    share = models.FloatField()
    status = models.CharField(max_length=10, choices=Status, default=Status.WAITING)
    made = models.DateTimeField(auto_now_add=True)
