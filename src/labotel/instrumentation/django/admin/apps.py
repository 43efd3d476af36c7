"""The app, as Django's registry knows it."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class LabotelConfig(AppConfig):
    """`"labotel.instrumentation.django.admin"` in INSTALLED_APPS."""

    name = "labotel.instrumentation.django.admin"
    label = "labotel"
    verbose_name = _("Monitoring")
    default_auto_field = "django.db.models.BigAutoField"
