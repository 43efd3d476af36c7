"""One domain event by hand: a counter, a histogram, a log record and a span event.

The instruments are made once. The values are plain strings and numbers before the clock starts,
and both pairs of signals share one dictionary of attributes.
"""

import time
from collections.abc import Callable
from datetime import timedelta
from typing import NamedTuple

from opentelemetry import _logs, metrics, trace
from opentelemetry._logs import SeverityNumber

from benchmarks.workload.completed import COUNTER, HISTOGRAM, HOURS_TO_DAYS, NAME


class Plain(NamedTuple):
    """A protocol's values as OpenTelemetry takes them."""

    species: str
    analysis_type: str
    veterinarian: str
    protocol_id: int
    duration: float


def plain(
    species: str, analysis_type: str, veterinarian: str, protocol_id: int, duration: timedelta
) -> Plain:
    """Return a protocol's values as plain strings and numbers."""
    return Plain(
        str(species), str(analysis_type), veterinarian, protocol_id, duration.total_seconds()
    )


def speaker() -> Callable[[Plain], None]:
    """Return the function that says one event."""
    meter = metrics.get_meter("bench")
    counter = meter.create_counter(COUNTER)
    histogram = meter.create_histogram(
        HISTOGRAM, unit="s", explicit_bucket_boundaries_advisory=HOURS_TO_DAYS
    )
    logger = _logs.get_logger("bench")

    def say(values: Plain) -> None:
        labels = {"species": values.species, "analysis_type": values.analysis_type}
        fields: dict[str, str | int | float] = {
            **labels,
            "veterinarian": values.veterinarian,
            "protocol_id": values.protocol_id,
            "duration": values.duration,
        }
        now = time.time_ns()
        counter.add(1, labels)
        histogram.record(values.duration, labels)
        logger.emit(
            timestamp=now,
            severity_number=SeverityNumber.INFO,
            severity_text="INFO",
            body=NAME,
            attributes=fields,
            event_name=NAME,
        )
        trace.get_current_span().add_event(NAME, fields, timestamp=now)

    return say
