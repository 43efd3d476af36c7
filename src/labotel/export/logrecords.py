"""The logger provider that labotel sets, for records that go through OpenTelemetry's logs API."""

from collections.abc import Callable
from typing import Any

from opentelemetry import _logs
from opentelemetry._logs import Logger, LogRecord

from labotel.signals.carried import ACTOR, pseudonym
from labotel.signals.records import Foreign


class DelegatingLogger(Logger):
    """Takes a record as it is said; it has no state that a fork could copy."""

    def __init__(self, provider: "DelegatingLoggerProvider", *identity: Any) -> None:
        super().__init__(*identity)
        self._provider = provider

    def enabled(self, **kwargs: Any) -> bool:
        """Tell that records are taken: labotel exports every one it is given."""
        return True

    def emit(self, record: LogRecord | None = None, **fields: Any) -> None:
        """Take a record, given whole or by its fields."""
        exception = fields.pop("exception", None)
        said = record if record is not None else LogRecord(**fields)
        exception = exception or getattr(said, "exception", None)
        attributes = dict(said.attributes or {})
        if exception is not None:
            attributes.setdefault("exception.type", type(exception).__qualname__)
            attributes.setdefault("exception.message", str(exception))
        who = pseudonym()
        if who is not None:
            attributes[ACTOR] = who
        number = said.severity_number
        self._provider.take(
            Foreign(
                self._name,
                said.timestamp or said.observed_timestamp or 0,
                number.value if number is not None else 0,
                said.severity_text or "",
                said.body,
                attributes,
                said.event_name or "",
                (said.trace_id or 0, said.span_id or 0, int(said.trace_flags or 0)),
            )
        )


class DelegatingLoggerProvider(_logs.LoggerProvider):
    """Gives loggers whose records labotel exports."""

    def __init__(self, take: Callable[[Foreign], None]) -> None:
        self.take = take
        """Takes a record; another configuration may replace it."""

    def get_logger(
        self,
        name: str,
        version: str | None = None,
        schema_url: str | None = None,
        attributes: Any = None,
    ) -> Logger:
        """Return a logger."""
        return DelegatingLogger(self, name, version, schema_url, attributes)
