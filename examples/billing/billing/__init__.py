"""Healthcare billing analytics: claims come in, drift of what payers deny is found and told."""

from billing.celery import app as celery_app

__all__ = ["celery_app"]
