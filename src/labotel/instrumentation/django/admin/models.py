"""A section of the admin, and who may see it: these models have no tables, but permissions.

`labotel.view_metrics` lets somebody see all pages, `labotel.add_increment` add to counters.
"""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Metrics(models.Model):
    """The current values."""

    class Meta:
        """No table."""

        managed = False
        default_permissions = ("view",)
        verbose_name = verbose_name_plural = _("metrics")


class Health(models.Model):
    """What each check finds."""

    class Meta:
        """No table."""

        managed = False
        default_permissions = ()
        verbose_name = verbose_name_plural = _("health")


class Status(models.Model):
    """labotel's own state, and what is measured."""

    class Meta:
        """No table."""

        managed = False
        default_permissions = ()
        verbose_name = verbose_name_plural = _("status")


class Increment(models.Model):
    """An addition to a counter."""

    class Meta:
        """No table."""

        managed = False
        default_permissions = ("add",)
        verbose_name = _("increment")
        verbose_name_plural = _("increments")
