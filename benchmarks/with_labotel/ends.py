"""labotel's flush and shutdown, which must succeed: with a lost export there is no figure."""

import logging
from typing import Final

import labotel

WITHIN: Final = 120.0

_said: list[str] = []


class _Memory(logging.Handler):
    def emit(self, record: logging.LogRecord) -> None:
        _said.append(record.getMessage())


logging.getLogger("labotel").addHandler(_Memory())


def flush() -> None:
    """Export everything said so far."""
    if not labotel.flush(WITHIN):
        raise SystemExit(f"labotel.flush() did not send everything: {_said}")


def shutdown() -> None:
    """Export everything and end."""
    if not labotel.shutdown(WITHIN):
        raise SystemExit(f"labotel.shutdown() did not send everything: {_said}")
