"""The Celery application: its settings are Django's that begin with `CELERY_`."""

import os

from celery import Celery

from lab import broker

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lab.settings")

broker.register()
app = Celery("lab")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
