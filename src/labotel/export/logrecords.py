"""The logger provider that labotel sets, for records that go through OpenTelemetry's logs API."""

from collections.abc import Callable
from typing import Any

from opentelemetry import _logs
from opentelemetry._logs import Logger, LogRecord

from labotel.events.texts import CAP, text_of
from labotel.policy.still import KEY, ROOM, still
from labotel.signals.carried import acting, fields_of
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
        """Take a record, given whole or by its fields; it never raises."""
        try:
            exception = fields.pop("exception", None)
            said = record if record is not None else LogRecord(**fields)
            self._provider.take(_taken(self._name, said, exception))
        except Exception as error:
            self._provider.lost(error)


def _taken(logger: str, said: LogRecord, exception: BaseException | None) -> Foreign:
    """Return what a record says now: nothing that changes later reaches it."""
    room = [ROOM]
    if exception is None:
        exception = getattr(said, "exception", None)
    fields = {} if said.attributes is None else still(said.attributes, room)
    attributes = fields if type(fields) is dict else {"attributes": fields}
    if exception is not None:
        attributes.setdefault("exception.type", type(exception).__qualname__)
        attributes.setdefault("exception.message", text_of(exception, CAP))
    attributes |= fields_of(acting())
    number = said.severity_number
    return Foreign(
        text_of(logger, KEY),
        _whole(said.timestamp, 64) or _whole(said.observed_timestamp, 64),
        _whole(number.value if number is not None else 0, 5),
        _text(said.severity_text),
        still(said.body, room),
        attributes,
        _text(said.event_name),
        (_whole(said.trace_id, 128), _whole(said.span_id, 64), _whole(said.trace_flags, 32)),
    )


def _text(value: Any) -> str:
    return "" if value is None else text_of(value, KEY)


def _whole(value: Any, bits: int) -> int:
    """Return a whole number of so many bits; 0 for what is none."""
    if not issubclass(type(value), int):
        return 0
    number = int.__int__(value)
    return number if 0 <= number < 1 << bits else 0


class DelegatingLoggerProvider(_logs.LoggerProvider):
    """Gives loggers whose records labotel exports."""

    def __init__(
        self, take: Callable[[Foreign], None], lost: Callable[[BaseException], None]
    ) -> None:
        self.lost = lost
        """Counts a record that could not be taken."""
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
