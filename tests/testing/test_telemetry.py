"""What a test asks of a recording."""

import logging
import math
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from opentelemetry import trace

import labotel
from labotel.testing import Distribution, Telemetry
from project.clinic import STAFF, WAITING, Admitted, Operated, Paid, Species, Weighed

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def admit(*species: Species, urgent: bool = False) -> None:
    """Say that patients came, numbered from 1."""
    for number, one in enumerate(species, start=1):
        labotel.emit(Admitted(species=one, owner=f"o-{number}", number=number, urgent=urgent))


def operated(species: Species, *seconds: float) -> None:
    """Say that operations took so long."""
    for one in seconds:
        took = timedelta(seconds=one)
        labotel.emit(Operated(species=species, outcome=labotel.Outcome.SUCCESS, duration=took))


def test_one_gives_the_event_that_was_said(telemetry: Telemetry) -> None:
    """Equal to it, with its personal value."""
    said = Admitted(species=Species.CANINE, owner="ada", number=7)
    labotel.emit(said)
    found = telemetry.one(Admitted, species="canine", number=7)
    assert found == said and found.owner == "ada" and found.species is Species.CANINE


def test_one_is_exactly_one(telemetry: Telemetry) -> None:
    """None is a failure, and so are two."""
    with pytest.raises(AssertionError, match=r"no clinic\.admitted was recorded"):
        telemetry.one(Admitted)
    admit(Species.CANINE, Species.FELINE)
    assert telemetry.one(Admitted, species=Species.FELINE).number == 2
    with pytest.raises(AssertionError, match=r"2 clinic\.admitted were recorded, and not one"):
        telemetry.one(Admitted)
    with pytest.raises(AssertionError, match="nearest of 2"):
        telemetry.one(Admitted, number=3)


def test_all_is_in_the_order_of_the_emits(telemetry: Telemetry) -> None:
    """Of this class, with these values."""
    admit(Species.CANINE, Species.FELINE, Species.CANINE)
    labotel.emit(Paid(amount=Decimal(5), method="card"))
    assert [e.number for e in telemetry.all(Admitted)] == [1, 2, 3]
    assert [e.number for e in telemetry.all(Admitted, species="canine")] == [1, 3]
    assert telemetry.all(Admitted, owner="nobody") == []


def test_none_asserts_that_nothing_like_it_was_said(telemetry: Telemetry) -> None:
    """And shows what was."""
    admit(Species.CANINE)
    telemetry.none(Admitted, species="feline")
    telemetry.none(Paid)
    with pytest.raises(AssertionError, match=r"1 clinic\.admitted .* none should be(.|\n)*o-1"):
        telemetry.none(Admitted, species="canine")


@pytest.mark.parametrize("ask", ["one", "all", "none"])
def test_a_field_that_the_event_lacks_is_never_no_match(telemetry: Telemetry, ask: str) -> None:
    """The nearest name is given."""
    with pytest.raises(TypeError, match=r"no field 'specie' \(did you mean 'species'\?\); fields:"):
        getattr(telemetry, ask)(Admitted, specie="canine")


@pytest.mark.parametrize("ask", ["one", "all", "none"])
def test_a_value_that_can_never_be_is_never_no_match(telemetry: Telemetry, ask: str) -> None:
    """A misspelt one would let `none` pass for ever."""
    with pytest.raises(TypeError, match=r"'cannine' can never be; allowed: 'canine', 'feline'"):
        getattr(telemetry, ask)(Admitted, species="cannine")


@pytest.mark.parametrize("wrong", ["clinic.admitted", labotel.Event, int, None])
def test_events_are_asked_for_by_their_class(telemetry: Telemetry, wrong: Any) -> None:
    """The message says so."""
    with pytest.raises(TypeError, match="give a concrete Event class"):
        telemetry.all(wrong)


def test_a_metric_is_the_sum_over_the_series_with_these_labels(telemetry: Telemetry) -> None:
    """Counters, also of decimals, and up-down counters."""
    admit(Species.CANINE, Species.CANINE, Species.FELINE)
    admit(Species.CANINE, urgent=True)
    labotel.emit(Paid(amount=Decimal("0.10"), method="cash"))
    labotel.emit(Paid(amount=Decimal("0.20"), method="card"))
    assert telemetry.metric("admissions_total") == 4
    assert telemetry.metric("admissions_total", species=Species.CANINE) == 3
    assert telemetry.metric("admissions_total", species="canine", urgent=True) == 1
    assert telemetry.metric("admissions_total", urgent="false") == 3
    assert telemetry.metric("beds_taken") == 4
    assert telemetry.metric("revenue_total") == Decimal("0.30")


def test_a_metric_with_nothing_recorded_is_0(telemetry: Telemetry) -> None:
    """Where it is declared: also before its first event, also for other labels."""
    assert telemetry.metric("admissions_total") == 0
    admit(Species.CANINE)
    assert telemetry.metric("admissions_total", species="feline") == 0
    assert telemetry.metric("operation_duration_seconds") == 0


@pytest.mark.parametrize(
    ("name", "labels", "says"),
    [
        ("admission_total", {}, "no metric is called .*did you mean 'admissions_total'"),
        ("admissions_total", {"specie": "canine"}, "no label 'specie' .*'species'.*labels:"),
        ("admissions_total", {"number": 1}, "no label 'number'"),
        ("admissions_total", {"species": "bovine"}, "'bovine' can never be; allowed: 'canine'"),
        ("admissions_total", {"urgent": "yes"}, "'yes' can never be; allowed: 'true', 'false'"),
        ("weight_kilograms_count", {}, r"metric\('weight_kilograms'\) is its count"),
        ("patients_waiting", {"species": "bovine"}, "'bovine' can never be"),
    ],
)
def test_a_wrong_question_about_a_metric_fails(
    telemetry: Telemetry, name: str, labels: dict[str, Any], says: str, own_suppliers: None
) -> None:
    """It is never 0."""
    labotel.gauge(WAITING)(list)
    with pytest.raises(AssertionError, match=says):
        telemetry.metric(name, **labels)


def test_a_histogram_counts_sums_and_says_how_many_are_at_most_each_bound(
    telemetry: Telemetry,
) -> None:
    """As Prometheus counts: each bucket holds the smaller ones."""
    operated(Species.CANINE, 30, 60, 61)
    operated(Species.FELINE, 5000)
    assert telemetry.metric("operation_duration_seconds") == 4
    assert telemetry.metric("operation_duration_seconds", species="canine") == 3
    assert telemetry.histogram("operation_duration_seconds", species="canine") == Distribution(
        count=3, sum=151.0, min=30.0, max=61.0, buckets={60: 2, 600: 3, 3600: 3, math.inf: 3}
    )
    whole = telemetry.histogram("operation_duration_seconds")
    assert (whole.count, whole.max, whole.buckets[3600]) == (4, 5000.0, 3)


def test_a_histogram_with_nothing_recorded_is_empty(telemetry: Telemetry) -> None:
    """And has its bounds."""
    assert telemetry.histogram("weight_kilograms") == Distribution(
        count=0, sum=0, min=None, max=None, buckets={1: 0, 5: 0, 10: 0, math.inf: 0}
    )
    with pytest.raises(AssertionError, match=r"admissions_total is a counter: ask metric\("):
        telemetry.histogram("admissions_total")


def test_a_gauge_is_read_when_it_is_asked_for(telemetry: Telemetry, own_suppliers: None) -> None:
    """By its supplier, on this thread: what the test changes is seen."""
    waiting = {Species.CANINE: 2, Species.FELINE: 5}
    labotel.gauge(WAITING)(lambda: list(waiting.items()))
    assert telemetry.metric("patients_waiting") == 7
    waiting[Species.CANINE] = 3
    assert telemetry.metric("patients_waiting", species="canine") == 3


def test_a_gauge_that_nobody_supplies_is_not_0(telemetry: Telemetry) -> None:
    """It is declared, but in production it would not exist."""
    labotel.configure(catalogs=[labotel.Catalog("staff", gauges=[STAFF])])
    with pytest.raises(AssertionError, match="nobody supplies staff_present"):
        telemetry.metric("staff_present")


def test_prefix_gives_every_metric_of_it_that_has_something(
    telemetry: Telemetry, own_suppliers: None
) -> None:
    """Totals: counts of histograms, sums of gauges; labotel's own answer to their own prefix."""
    labotel.gauge(WAITING)(lambda: [(Species.CANINE, 2), (Species.FELINE, 5)])
    admit(Species.CANINE, Species.FELINE)
    labotel.emit(Weighed(species=Species.FELINE, weight=4.0))
    assert telemetry.prefix("admissions_") == {"admissions_total": 2}
    assert telemetry.prefix("patients_") == {"patients_waiting": 7}
    assert telemetry.prefix("weight") == {"weight_kilograms": 1}
    assert telemetry.prefix("revenue") == {}
    everything = telemetry.prefix("")
    assert {"admissions_total", "beds_taken", "weight_kilograms", "patients_waiting"} <= {
        *everything
    }
    assert [name for name in everything if name.startswith("labotel_")] == []
    assert telemetry.prefix("labotel_events_emitted") == {"labotel_events_emitted_total": 3}


def test_history_says_when_in_which_span_and_with_which_error(telemetry: Telemetry) -> None:
    """Of everything, in its order, also of what makes no log record."""
    telemetry.freeze(NOON)
    labotel.emit(Weighed(species=Species.CANINE, weight=4.0))
    telemetry.advance(timedelta(seconds=90))
    with trace.get_tracer("t").start_as_current_span("s"):
        admit(Species.CANINE)
    with pytest.raises(ValueError, match="no"), labotel.timed(Operated, species=Species.CANINE):
        raise ValueError("no such thing")
    first, second, third = telemetry.history
    assert [type(r.event) for r in (first, second, third)] == [Weighed, Admitted, Operated]
    assert (first.time, first.trace_id, first.span_id) == (NOON, None, None)
    assert second.time == NOON + timedelta(seconds=90)
    assert (second.trace_id, second.span_id) == ("0" * 31 + "1", "0" * 15 + "1")
    assert (second.error_type, second.error_message) == (None, None)
    assert (third.error_type, third.error_message) == ("ValueError", "no such thing")
    assert telemetry.one(Operated, outcome="failure")


def test_timed_work_takes_exactly_what_the_test_advances(telemetry: Telemetry) -> None:
    """No more and no less."""
    telemetry.freeze(NOON)
    with labotel.timed(Operated, species=Species.CANINE):
        telemetry.advance(timedelta(minutes=10))
    assert telemetry.one(Operated).duration == timedelta(minutes=10)
    assert telemetry.histogram("operation_duration_seconds").buckets[600] == 1
    assert telemetry.history[0].time == NOON + timedelta(minutes=10)


def test_log_lines_have_their_level_and_trace(telemetry: Telemetry) -> None:
    """And what was given by `extra`, and their error."""
    logger = logging.getLogger("clinic.desk")
    with trace.get_tracer("t").start_as_current_span("s"):
        logger.info("patient %s came", 7, extra={"ward": "north"})
    try:
        raise KeyError("x")
    except KeyError:
        logger.exception("failed")
    info, error = telemetry.logs
    assert (info.logger, info.level, info.message) == (
        "clinic.desk", logging.INFO, "patient 7 came",
    )  # fmt: skip
    assert (info.trace_id, dict(info.extra)) == ("0" * 31 + "1", {"ward": "north"})
    assert (error.level, error.error_type, error.trace_id) == (logging.ERROR, "KeyError", None)


def test_clear_forgets_everything_but_the_clock(telemetry: Telemetry) -> None:
    """As if the test began here."""
    telemetry.freeze(NOON)
    admit(Species.CANINE)
    logging.getLogger("app").warning("hello")
    with trace.get_tracer("t").start_as_current_span("s"):
        pass
    telemetry.clear()
    assert telemetry.history == [] and telemetry.logs == [] and telemetry.spans == []
    assert telemetry.metric("admissions_total") == 0 and telemetry.prefix("admissions") == {}
    admit(Species.CANINE)
    assert telemetry.history[0].time == NOON and telemetry.metric("admissions_total") == 1


def test_unfreeze_gives_the_systems_time_back(telemetry: Telemetry) -> None:
    """In the middle of a test."""
    telemetry.freeze(NOON)
    telemetry.unfreeze()
    admit(Species.CANINE)
    assert abs(telemetry.history[0].time - datetime.now(UTC)) < timedelta(minutes=1)


def test_a_thousand_events_are_all_there(telemetry: Telemetry) -> None:
    """And their metric is exact."""
    admit(*[Species.CANINE] * 1000)
    assert telemetry.metric("admissions_total", species="canine") == 1000
    assert [e.number for e in telemetry.all(Admitted)] == list(range(1, 1001))


def test_what_is_no_longer_kept_is_never_no_match(telemetry: Telemetry) -> None:
    """Past its limit a recording says so, and its metrics count all the same."""
    recorder = telemetry._recorder
    recorder.said = type(recorder.said)(maxlen=10)
    admit(*[Species.CANINE] * 25)
    for ask in (telemetry.one, telemetry.all, telemetry.none):
        with pytest.raises(AssertionError, match=r"only the last 10 .* 15 clinic\.admitted are"):
            ask(Admitted, number=3)
    telemetry.none(Paid)
    assert telemetry.metric("admissions_total") == 25


def test_it_shows_itself(telemetry: Telemetry) -> None:
    """pytest prints it beside a number that is wrong."""
    assert repr(telemetry) == "<Telemetry: nothing>"
    admit(Species.CANINE, Species.CANINE)
    labotel.emit(Paid(amount=Decimal(1), method="cash"))
    assert repr(telemetry) == "<Telemetry: 2 clinic.admitted, 1 clinic.paid>"
