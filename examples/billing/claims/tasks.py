"""What is done in the background: claims compared, subscribers told."""

import logging

import requests
from celery import shared_task
from django.db import transaction

import labotel
from billing.telemetry import AlertDelivered, DriftChecked
from claims.drift import compare
from claims.models import Alert, Subscriber

logger = logging.getLogger(__name__)
TRIES = 3


@shared_task
def detect_drift(payer_id: int) -> None:
    """Compare what a payer denies with what it denied before, and tell who wants to know."""
    found = compare(payer_id)
    if found is None:
        logger.info("too few claims of payer %d to compare", payer_id)
        return
    result = "drift" if found.drifted else "none"
    labotel.emit(
        DriftChecked(result=result, payer_id=payer_id, share=found.share, before=found.before)
    )
    if not found.drifted:
        return
    with transaction.atomic():
        for subscriber in Subscriber.objects.filter(payer_id=payer_id):
            alert = Alert.objects.create(subscriber=subscriber, share=found.share)
            transaction.on_commit(lambda pk=alert.pk: deliver.delay(pk))


@shared_task(bind=True, max_retries=TRIES - 1, default_retry_delay=0.5)
def deliver(self, alert_id: int) -> None:
    """Tell a subscriber; try again where that fails, and give up after the last time."""
    alert = Alert.objects.select_related("subscriber").get(pk=alert_id)
    try:
        told = {"payer": alert.subscriber.payer_id, "share": alert.share}
        requests.post(alert.subscriber.url, json=told, timeout=5).raise_for_status()
    except requests.RequestException as error:
        if self.request.retries < TRIES - 1:
            raise self.retry(exc=error) from error
        logger.warning("alert %d could not be delivered", alert_id)
        _ended(alert, Alert.Status.FAILURE)
    else:
        _ended(alert, Alert.Status.SUCCESS)


def _ended(alert: Alert, status: str) -> None:
    alert.status = status
    alert.save(update_fields=["status"])
    labotel.emit(AlertDelivered(status=status, recipient=alert.subscriber.url))
