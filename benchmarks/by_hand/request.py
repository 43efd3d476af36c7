"""Django requests with OpenTelemetry by hand: `python -m benchmarks.by_hand.request`.

The instrumentations of Django and sqlite3, the logging handler, and the domain event by hand.
"""

import logging

from opentelemetry.instrumentation.django import DjangoInstrumentor
from opentelemetry.instrumentation.logging.handler import LoggingHandler
from opentelemetry.instrumentation.sqlite3 import SQLite3Instrumentor

from benchmarks.by_hand.event import plain, speaker
from benchmarks.by_hand.sdk import Sdk
from benchmarks.workload import requesting

if __name__ == "__main__":
    requesting.set_up_django()
    sdk = Sdk()
    DjangoInstrumentor().instrument()
    SQLite3Instrumentor().instrument()
    logging.getLogger().addHandler(LoggingHandler(logger_provider=sdk.loggers))
    own = {"http.server.request.duration": 1}
    requesting.run(speaker(), plain, sdk.flush, sdk.shutdown, own)
