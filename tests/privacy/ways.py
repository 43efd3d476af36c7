"""The ways by which a text comes into a process: those that show it, and those that never do."""

import logging
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from types import SimpleNamespace
from typing import Any

from opentelemetry import _logs, baggage, context, metrics, trace
from opentelemetry._logs import LogRecord, SeverityNumber

import labotel
from privacy.declared import SEEN, Noted, Worked

logger = logging.getLogger("privacy.ways")
quiet = logging.getLogger("privacy.quiet")
quiet.propagate = False


class Refused(Exception):
    """What a database driver raises."""


def fields(text: str) -> None:
    """Fields of an event of each kind, and what stands in its text."""
    labotel.emit(Noted(person=text, note=text, number=1, label=text, closed="a"))
    labotel.emit(Noted(person=text, note=text, number=text, label=text, closed="b"))  # type: ignore[arg-type]


def lines(text: str) -> None:
    """Messages, arguments, `extra`, names of loggers, failures with their causes and notes."""
    logger.info("said %s to %r", text, {"of": text})
    logger.warning(text)
    quiet.error("with extra", extra={"note": text, text: 1, "list": [text], "stated": True})
    logging.getLogger(f"privacy.named {text}").info("from a logger")
    logger.error("where", stack_info=True, extra={"stack": text})
    try:
        try:
            raise KeyError(text)
        except KeyError as error:
            error.add_note(f"noted: {text}")
            raise Refused(f"refused: {text}") from error
    except Refused as error:
        logger.exception("failed for %s", text)
        logger.error("given", exc_info=error)
        raised = ExceptionGroup(text, [error, ValueError(text)])
        logger.error("together", exc_info=raised)
    event = Noted(person="nobody", note=text, number=1, label="x", closed="a")
    with suppress(ValueError):
        raise ValueError(f"what about {event!r}")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        warnings.warn(text, stacklevel=1)


def spans(text: str) -> None:
    """Names, attributes, events, links, states, failures, on spans of others and on labotel's."""
    tracer = trace.get_tracer("privacy.spans", attributes={"note": text})
    linked = trace.Link(trace.get_current_span().get_span_context(), {"note": text})
    with (
        suppress(ValueError),
        tracer.start_as_current_span(f"about {text}", links=[linked]) as span,
    ):
        for key, value in {"note": text, text: "key", "list": [text, text], "raw": text.encode(),
                           "url.full": f"https://example.org/{text}"}.items():  # fmt: skip
            span.set_attribute(key, value)
        span.add_event(f"happened: {text}", {"note": text, "list": [text]})
        span.set_status(trace.StatusCode.ERROR, text)
        raise ValueError(text)
    with suppress(Refused), labotel.timed(Worked, person=text):
        trace.get_current_span().set_attribute("note", text)
        trace.get_current_span().add_event(text, {text: text})
        raise Refused(text)


def records(text: str) -> None:
    """Bodies and attributes of every kind through OpenTelemetry's logs API."""
    say = _logs.get_logger(f"privacy.records {text}").emit
    for body in (text, {text: [text]}, text.encode(), {text}, [text.encode()], Refused(text)):
        attributes = {"note": text, text: {"deep": (text,)}}
        say(
            LogRecord(
                timestamp=1, body=body, attributes=attributes, event_name=text,
                severity_number=SeverityNumber.WARN, severity_text=text,
            )
        )  # fmt: skip
    say(body="failed", exception=Refused(text))


def instruments(text: str) -> None:
    """Attributes of an application's own instruments, in exemplars too."""
    meter = metrics.get_meter("privacy.instruments")
    said = {"note": text, text: "key", "list": (text,)}
    with trace.get_tracer("privacy").start_as_current_span("measured"):
        meter.create_counter("own.counter", description="own").add(1, said)
        meter.create_histogram("own.histogram").record(1, said)
        meter.create_up_down_counter("own.sum").add(1, said)
        meter.create_gauge("own.gauge").set(1, said)
    observed.append(text)


observed: list[str] = []


def observing() -> None:
    """Have all that was observed asked for at each collection, in both ways of the API."""

    def generator() -> Iterator[list[metrics.Observation]]:
        while True:
            yield [metrics.Observation(1, {"note": text}) for text in observed]

    meter = metrics.get_meter("privacy.instruments")
    meter.create_observable_gauge(
        "own.observed", [lambda _: [metrics.Observation(1, {"note": t, t: 1}) for t in observed]]
    )
    meter.create_observable_counter("own.generated", [generator()])
    labotel.gauge(SEEN)(lambda: [(text, 1) for text in observed])


SHOWN: tuple[Callable[[str], None], ...] = (fields, lines, spans, records, instruments)
"""What shows a text, so that patterns alone can know what is in it."""


def declared(text: str) -> None:
    """What is personal, what is outside its type, and what has a name that says what it is."""
    labotel.emit(Noted(person=text, note="n", number=1, label="x", closed=text))  # type: ignore[arg-type]
    labotel.emit(Noted(person=text, note="n", number=1, label="x", closed="a", perso=text))  # type: ignore[call-arg]
    literal = text.replace("'", "''")
    named = {"user.id": text, "enduser.id": text, "password": text, "first_name": text,
             "db.query.parameter.0": text, "client.address": text, "url.query": text,
             "http.request.header.cookie": [text], "user_agent": text}  # fmt: skip
    with trace.get_tracer("privacy").start_as_current_span("named") as span:
        span.set_attributes(named)
        span.set_attribute("db.statement", f"SELECT * FROM people WHERE name = '{literal}'")
    metrics.get_meter("privacy.instruments").create_counter("own.named").add(1, named)
    logger.info("with extra", extra={"username": text, "apiKey": text, "request": SimpleNamespace(
        user=text), "form": {"name": text}})  # fmt: skip
    _logs.get_logger("privacy").emit(LogRecord(timestamp=1, body={"session_id": text}))


def inside(text: str) -> None:
    """What lives in a process, and no signal asks for: locals, baggage, what an error holds."""
    local = {"name": text}
    with carrying(text), suppress(Refused):
        try:
            raise Refused("no name is given")
        except Refused:
            logger.exception("locals stay here: %d", len(local))
            raise
    logger.error('duplicate key value violates unique constraint "u"\n'
                 "DETAIL:  Key (name)=(%s) already exists.", text)  # fmt: skip
    logger.error("statement: SELECT * FROM people WHERE name = '%s'", text.replace("'", "''"))


HIDDEN: tuple[Callable[[str], None], ...] = (declared, inside)
"""What never shows a text, whatever it is."""


@contextmanager
def carrying(text: str) -> Iterator[None]:
    """Carry a text in the baggage."""
    token = context.attach(baggage.set_baggage("note", text))
    try:
        yield
    finally:
        context.detach(token)


def go(text: str, known: bool) -> None:
    """Let a text come in by every way that must not let it out."""
    for way in (*HIDDEN, *(SHOWN if known else ())):
        way(text)


def misused(text: Any) -> None:
    """What labotel itself says of wrong events, in its own log lines."""
    labotel.emit(Noted(person=text, note="n", number=1, label="x", closed="a", amount=text))
    labotel.emit(Noted(person="p", note="n", number=1, label="x", closed="a", **{text: 1}))  # type: ignore[arg-type]
    labotel.emit(text)
