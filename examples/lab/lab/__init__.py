"""The Django project of a veterinary laboratory, observed by labotel."""

from lab.celery import app as celery_app

__all__ = ["celery_app"]
