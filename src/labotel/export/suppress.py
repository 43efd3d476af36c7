"""Labotel's own requests and queries are observed by nobody: by no instrumentation, by no handler.

A handler or a filter that emits for each line would else make a request of each request's lines,
for ever.
"""

import logging
import threading
from typing import Final

from opentelemetry.context import attach, set_value

_TRANSPORT: Final = ("urllib3.connectionpool", "urllib3.connection", "urllib3.util.retry")


class _Own(threading.local):
    """Whether the present thread is one of labotel's."""

    here = False


_own: Final = _Own()


def _is_an_applications(record: logging.LogRecord) -> bool:
    return not _own.here


def suppress_instrumentation() -> None:
    """Switch instrumentations off for the present thread, by OpenTelemetry's own key.

    What urllib3 logs on it goes nowhere.
    """
    attach(set_value("suppress_instrumentation", True))
    _own.here = True
    for name in _TRANSPORT:
        logging.getLogger(name).addFilter(_is_an_applications)
