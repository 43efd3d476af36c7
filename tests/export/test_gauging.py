"""Whose gauges a process reads: its own, its host's, its deployment's."""

import pytest

import labotel
from labotel.events import gauges
from labotel.events.instruments import Scope
from labotel.export.gauging import Gauges
from labotel.signals.pipeline import Pipeline
from labotel.signals.spans import PseudonymSource

SCOPES: tuple[Scope, ...] = ("process", "host", "service")


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The scopes of the gauges that were asked, in their order."""
    found: list[str] = []
    monkeypatch.setattr(gauges, "suppliers", table := dict[str, gauges.Supplier]())
    monkeypatch.setattr("labotel.export.gauging.suppliers", table)
    for scope in SCOPES:
        declared = labotel.Gauge(f"things_of_{scope}", scope=scope)
        labotel.gauge(declared)(lambda scope=scope: found.append(scope) or 1)
    return found


def gauges_of(reads: set[str], *scopes: Scope) -> tuple[Gauges, list[str]]:
    """Return the gauges of a process that reads for some scopes, and what it asked about that."""
    declared = [labotel.Gauge(f"things_of_{scope}", scope=scope) for scope in scopes]
    asks: list[str] = []
    made = Gauges(
        [labotel.Catalog("things", gauges=declared)],
        Pipeline(PseudonymSource(lambda: None)),
        lambda scope: asks.append(scope) or scope in reads,
    )
    return made, asks


@pytest.mark.parametrize(
    "reads", [{"process"}, {"process", "host"}, {"process", "host", "service"}]
)
def test_each_scope_is_read_for_itself(reads: set[str], asked: list[str]) -> None:
    """What waits for no server comes first: a lease that takes long delays it alone."""
    made, asks = gauges_of(reads, "service", "host", "process")
    made.read(True)
    assert asked == [scope for scope in SCOPES if scope in reads]
    assert asks == list(SCOPES)


def test_a_process_that_has_not_worked_asks_for_no_lease(asked: list[str]) -> None:
    """It reads its own gauges alone."""
    made, asks = gauges_of(set(SCOPES), *SCOPES)
    made.read(False)
    assert (asked, asks) == (["process"], ["process"])


def test_no_lease_is_asked_for_what_nobody_supplies(asked: list[str]) -> None:
    """An application without gauges of the deployment opens no connection for one."""
    del gauges.suppliers["things_of_service"]
    made, asks = gauges_of(set(SCOPES), *SCOPES)
    made.read(True)
    assert asks == ["process", "host"]
    assert asked == ["process", "host"]


def test_a_lease_that_moved_takes_the_value_along(asked: list[str]) -> None:
    """An old one would stand beside the next reader's."""
    reads = {"service"}
    made, _ = gauges_of(reads, "service")
    made.read(True)
    assert "things_of_service" in made._pipeline.meter.metrics
    reads.clear()
    made.read(True)
    assert "things_of_service" not in made._pipeline.meter.metrics
