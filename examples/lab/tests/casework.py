"""What the tests of the cases and orders share: people at a browser, and cases that came so far."""

from collections.abc import Callable
from typing import Any

from django.contrib.auth.models import User
from django.http import HttpResponse
from django.test import Client

from cases import services
from cases.labels import label
from cases.models import Protocol, Report
from labotel import Event
from labotel.catalogs import lab as catalog
from labotel.catalogs.lab.orders import OrderType
from labotel.catalogs.lab.protocols import SampleCondition
from labotel.catalogs.lab.reports import Complexity
from labotel.catalogs.lab.samples import SampleType
from labotel.catalogs.lab.words import AnalysisType, Species
from labotel.testing import Telemetry

FINDINGS = "A well-demarcated mass expands the dermis.\nThe margins are free."


class Person:
    """Somebody who is signed in, and sends what a page's forms send."""

    def __init__(self, username: str) -> None:
        self.user = user(username)
        self.client = Client()
        self.client.force_login(self.user)

    @property
    def key(self) -> str:
        """The person as events name them."""
        return str(self.user.pk)

    def get(self, path: str, expect: int = 200) -> HttpResponse:
        """Look at a page."""
        return self._expected(self.client.get(path), expect)

    def post(self, path: str, expect: int = 302, **fields: Any) -> HttpResponse:
        """Send a form."""
        return self._expected(self.client.post(path, fields), expect)

    def make(self, path: str, **fields: Any) -> int:
        """Send a form that makes something; return its number."""
        return int(self.post(path, **fields)["Location"].rstrip("/").rpartition("/")[2])

    @staticmethod
    def _expected(response: Any, status: int) -> HttpResponse:
        assert response.status_code == status, response.content.decode(errors="replace")[:500]
        found: HttpResponse = response
        return found


def user(username: str) -> User:
    """Return one of the people that the laboratory starts with."""
    return User.objects.get(username=username)


def draft(vet: str = "vet-1", samples: int = 1) -> Protocol:
    """Return a protocol that is a draft."""
    return services.open_protocol(
        user(vet),
        "Rex",
        Species.CANINE,
        AnalysisType.HISTOPATHOLOGY,
        SampleType.BIOPSY,
        samples,
    )


def submitted(vet: str = "vet-1", order_type: OrderType = OrderType.ROUTINE) -> Protocol:
    """Return a protocol whose samples are on their way."""
    return _then(draft(vet), lambda protocol: services.submit(protocol, order_type))


def received(vet: str = "vet-1") -> Protocol:
    """Return a protocol whose samples arrived."""

    def receive(protocol: Protocol) -> None:
        sender, condition = label(protocol.pk), SampleCondition.GOOD
        services.receive(protocol, sender, condition, by=user("reception-1"))

    return _then(submitted(vet), receive)


def processing(vet: str = "vet-1") -> Protocol:
    """Return a protocol whose samples are worked on."""
    return _then(received(vet), Protocol.process)


def begun(vet: str = "vet-1") -> Report:
    """Return a report by histo-1 that is a draft."""
    return Report.begin(processing(vet), user("histo-1"), FINDINGS, Complexity.SIMPLE, 3)


def signed(vet: str = "vet-1") -> Report:
    """Return a report that histo-1 signed; where tasks run at once, it is sent as well."""
    report = begun(vet)
    services.finalize(report)
    report.refresh_from_db()
    return report


def _then(protocol: Protocol, step: Callable[[Protocol], None]) -> Protocol:
    step(protocol)
    return protocol


def said(telemetry: Telemetry) -> list[Event]:
    """Return what the laboratory itself said: neither queries nor requests nor tasks."""
    events = [recorded.event for recorded in telemetry.history]
    return [event for event in events if type(event).__module__.startswith(catalog.__name__)]
