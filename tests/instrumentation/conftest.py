"""What the tests of integrations share: a process with Django that asks what has arrived."""

import textwrap
from collections.abc import Callable
from pathlib import Path

import pytest

from alchemy import Run, run_alchemy
from labotel.viewer.receiver import Receiver
from redises import ASK_REDIS
from running import python, run

SETUP = """
import json, os, threading, time
from urllib.parse import urlencode
from urllib.request import urlopen
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "project.settings")
import django
from django.conf import settings
django.setup()
import labotel
from labotel.events.gauges import suppliers
from project.telemetry import Ordered, catalog

def work():
    '''Say something: a process that has no work of its own reads no gauge.'''
    labotel.emit(Ordered(size="small", order_id=1))

def total(metric, **labels):
    '''Return what the receiver has once everything is sent, the gauges read anew.'''
    assert labotel.flush(10)
    query = urlencode({"metric": metric, **labels})
    endpoint = os.environ["OTEL_EXPORTER_OTLP_ENDPOINT"]
    return json.load(urlopen(f"{endpoint}/totals?{query}", timeout=10))
"""

RunDjango = Callable[..., str]


@pytest.fixture
def run_django(environment: dict[str, str]) -> RunDjango:
    """Run a body in a process where Django is set up and labotel configured."""
    slow = environment | {"OTEL_METRIC_EXPORT_INTERVAL": "60000"}

    def run(body: str, **more: str) -> str:
        return python(SETUP + textwrap.dedent(body), slow | more)

    return run


@pytest.fixture
def alchemy(environment: dict[str, str], receiver: Receiver, tmp_path: Path) -> Run:
    """Run a body in a process with SQLAlchemy, without a fault of labotel's."""

    def body(script: str, **more: str) -> str:
        out = run_alchemy(script, environment | more, str(tmp_path / "secret.db"))
        assert receiver.store.total("labotel_faults_total") == 0
        assert receiver.store.total("labotel_events_rejected_total") == 0
        return out

    return body


@pytest.fixture
def asked(redis: str, receiver: Receiver, environment: dict[str, str]) -> Run:
    """Run a body in a process where labotel is configured; nothing of labotel's fails."""

    def body(script: str, **more: str) -> str:
        given = environment | {"REDIS": redis, "OTEL_METRIC_EXPORT_INTERVAL": "60000"} | more
        out = run(ASK_REDIS + textwrap.dedent(script) + "\nlabotel.shutdown()", given)
        assert receiver.store.total("labotel_faults_total") == 0
        assert receiver.store.total("labotel_events_rejected_total") == 0
        return out

    return body
