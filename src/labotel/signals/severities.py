"""How severe a record is, as OpenTelemetry's logs data model has it."""

import logging
from typing import Final

NUMBERS: Final = {"TRACE": 1, "DEBUG": 5, "INFO": 9, "WARN": 13, "ERROR": 17, "FATAL": 21}
"""Each severity's name and its (lowest) number."""

_LEVELS: Final = (
    (logging.CRITICAL, "FATAL"),
    (logging.ERROR, "ERROR"),
    (logging.WARNING, "WARN"),
    (logging.INFO, "INFO"),
    (logging.DEBUG, "DEBUG"),
    (5, "TRACE"),  # which Python has not: libraries that add it take this
)


def of_level(level: int) -> str:
    """Return the severity of a level of Python's."""
    return next((name for lowest, name in _LEVELS if level >= lowest), "TRACE")


def level_of(severity: str) -> int:
    """Return the level of Python's that a severity begins at."""
    return next(lowest for lowest, name in _LEVELS if name == severity)


def of_number(number: int) -> str:
    """Return the severity of a number, of which each has four; INFO where none was given."""
    return list(NUMBERS)[min(max(number - 1, 0) // 4, 5)] if number else "INFO"
