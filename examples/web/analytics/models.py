"""What is kept: each visitor's days, and what scans found."""

from django.db import models


class Visit(models.Model):
    """A visitor's day; the visitor is the random value of a cookie."""

    visitor = models.CharField(max_length=32)
    day = models.DateField()

    class Meta:
        """A visitor has each day once."""

        constraints = (models.UniqueConstraint(fields=("visitor", "day"), name="one_a_day"),)


class Scan(models.Model):
    """One port of one host, tried once."""

    host = models.GenericIPAddressField()
    port = models.PositiveIntegerField()
    status = models.CharField(max_length=10)
    at = models.DateTimeField(auto_now_add=True)
