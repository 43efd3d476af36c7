"""What a laboratory promises of its own service."""

from typing import Final

from labotel.events.catalog import Objective

OBJECTIVES: Final = (
    Objective(
        "answers_without_error",
        'http_request_duration_seconds_count{status!~"5.."}',
        "http_request_duration_seconds_count",
        0.995,
    ),
    Objective(
        "answers_within_a_second",
        'http_request_duration_seconds_bucket{le="1"}',
        "http_request_duration_seconds_count",
        0.95,
    ),
)
