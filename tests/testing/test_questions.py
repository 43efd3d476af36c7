"""Questions that a recording refuses to answer, and what it leaves out of an answer."""

import logging
from collections import deque
from decimal import Decimal
from typing import Any

import pytest
from opentelemetry import trace

import labotel
from labotel.catalogs.tasks import QUEUE_LENGTH
from labotel.events.errors import EventError
from labotel.testing import Telemetry
from project.clinic import STAFF, WAITING, Admitted, Paid, Species


def admit(number: int) -> None:
    """Say that a patient came."""
    labotel.emit(Admitted(species=Species.CANINE, owner="ada", number=number))


def test_prefix_asks_no_supplier_of_labotels(telemetry: Telemetry, own_suppliers: None) -> None:
    """They ask brokers and databases, which a test may not have: it asks for the one it means."""
    labotel.gauge(QUEUE_LENGTH)(lambda: 1 / 0)
    labotel.gauge(STAFF)(lambda: 3)
    assert telemetry.prefix("") == {"staff_present": 3}
    assert telemetry.prefix(QUEUE_LENGTH.name) == {}
    with pytest.raises(ZeroDivisionError):
        telemetry.metric(QUEUE_LENGTH.name)


def test_prefix_leaves_out_a_gauge_whose_supplier_raises(
    telemetry: Telemetry, own_suppliers: None
) -> None:
    """A query without the mark `django_db`, say; to ask for it by its name tells why."""

    def refused() -> int:
        raise RuntimeError("Database access not allowed")

    labotel.gauge(STAFF)(refused)
    labotel.gauge(WAITING)(lambda: [("canine", 2)])
    assert telemetry.prefix("") == {"patients_waiting": 2}
    with pytest.raises(RuntimeError, match="not allowed"):
        telemetry.metric("staff_present")


def test_a_row_that_production_would_refuse_is_an_error_of_prefix_too(
    telemetry: Telemetry, own_suppliers: None
) -> None:
    """It is the application's mistake, whatever the test has."""
    labotel.gauge(WAITING)(lambda: [("bovine", 2)])
    with pytest.raises(EventError, match="'bovine' is not allowed"):
        telemetry.prefix("patients_")


def test_history_lines_and_spans_that_may_lack_older_ones_fail(telemetry: Telemetry) -> None:
    """Nobody is told that what is no longer kept was not said; the report shows what is there."""
    recorder = telemetry._recorder
    recorder.said, recorder.lines = deque(maxlen=3), deque(maxlen=3)
    recorder.kept.finished = deque(maxlen=3)
    logger, tracer = logging.getLogger("app"), trace.get_tracer("t")
    for number in range(2):
        admit(number)
        logger.warning("said")
        tracer.start_span("done").end()
    assert [len(kept) for kept in (telemetry.history, telemetry.logs, telemetry.spans)] == [2, 2, 2]
    for number in range(2):
        admit(number)
        logger.warning("said")
        tracer.start_span("done").end()
    for name, what in (("history", "events"), ("logs", "log lines"), ("spans", "spans")):
        with pytest.raises(AssertionError, match=f"only the last 3 {what} are kept"):
            getattr(telemetry, name)
    assert "3 clinic.admitted" in repr(telemetry) and "Admitted(" in telemetry.report()
    with pytest.raises(AssertionError, match=r"no clinic\.paid was recorded; recorded: 3"):
        telemetry.one(Paid)
    telemetry.clear()
    assert telemetry.history == telemetry.logs == telemetry.spans == []


@pytest.mark.parametrize("name", [None, 5, ["admissions_total"], Admitted])
def test_a_name_that_is_no_text_is_a_type_error(telemetry: Telemetry, name: Any) -> None:
    """Of metrics, histograms and prefixes; the message shows what is one."""
    for ask in (telemetry.metric, telemetry.histogram):
        with pytest.raises(TypeError, match=r"give a metric's name, as in metric\('"):
            ask(name)
    with pytest.raises(TypeError, match=r"give the beginning of .* as in prefix\('"):
        telemetry.prefix(name)


def test_a_gauge_that_is_nowhere_known_is_said_to_need_a_catalogue(telemetry: Telemetry) -> None:
    """It is declared, but an object of a module alone is not found."""
    with pytest.raises(
        AssertionError, match="supplied or stands in a catalogue that is configured"
    ):
        telemetry.metric(WAITING.name)


def test_huge_questions_have_short_answers(telemetry: Telemetry) -> None:
    """A value that was asked for is cut in the message, as one that was recorded is."""
    admit(1)
    huge: Any = "x" * 100_000
    for ask in (
        lambda: telemetry.one(huge),
        lambda: telemetry.one(Admitted, species=huge),
        lambda: telemetry.one(Admitted, owner=huge),
        lambda: telemetry.none(Paid, amount=huge),
        lambda: telemetry.metric(huge),
        lambda: telemetry.metric("admissions_total", species=huge),
        lambda: telemetry.freeze(huge),
        lambda: telemetry.advance(huge),
    ):
        with pytest.raises((AssertionError, TypeError, ValueError)) as caught:
            ask()
        assert len(str(caught.value)) < 700


def test_a_number_is_never_a_text(telemetry: Telemetry) -> None:
    """`none` with it would pass for ever; a number's text is a number."""
    with pytest.raises(TypeError, match=r"Paid\.amount: 'five' can never be; allowed: Decimal"):
        telemetry.none(Paid, amount="five")
    labotel.emit(Paid(amount=Decimal(5), method="cash"))
    assert telemetry.one(Paid, amount="5")
