"""A record as a person reads it: an event or a log line, with what may leave alone in it."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Final

from labotel.catalogs.http import RequestLogged, RequestServed
from labotel.catalogs.tasks import TaskFinished, TaskStatus
from labotel.events.event import Event
from labotel.export.logfiles import Type
from labotel.export.wire_events import body_of
from labotel.policy.attributes import clean, scrubbed
from labotel.policy.pseudonyms import Pseudonyms
from labotel.policy.scrubbing import scrub
from labotel.signals import severities
from labotel.signals.carried import fields_of
from labotel.signals.records import Failure, Foreign, Line, attributes, failure_fields

WORK: Final[dict[type[Event], Type]] = {
    RequestServed: "request", RequestLogged: "request", TaskFinished: "task",
}  # fmt: skip
"""Events that end a piece of work: a record each here, though they flood a store."""
_FAILED: Final = (TaskStatus.FAILURE, TaskStatus.TIMEOUT)


@dataclass(frozen=True)
class Record:
    """One record: `time` in ns since 1970, ids in hexadecimal ("" where it is of no trace)."""

    time: int
    level: int
    type: Type
    logger: str
    message: str
    trace_id: str = ""
    span_id: str = ""
    event: str = ""
    fields: Mapping[str, Any] = field(default_factory=dict)

    @property
    def severity(self) -> str:
        """The level as OpenTelemetry calls it, as it is in Loki."""
        return severities.of_level(self.level)


def record_of(item: Any, pseudonyms: Pseudonyms) -> Record:
    """Return what waited in the pipeline as a record; texts are scrubbed, people pseudonyms."""
    if item.__class__ is Line:
        return _of_line(item)
    if item.__class__ is Foreign:
        return _of_foreign(item)
    return _of_event(item, pseudonyms)


def _of_event(item: tuple[Any, ...], pseudonyms: Pseudonyms) -> Record:
    kind, values, moment, context, failure, who = item
    plan = kind._plan
    fields = attributes(kind, values, pseudonyms) | _failure(failure) | fields_of(who)
    work = WORK.get(kind)
    if work is not None:
        level, message = _of_work(kind, fields)
        type_ = work
    else:
        level = severities.level_of("ERROR" if failure is not None else plan.severity)
        message = body_of(plan, values) if "{" in plan.body else plan.body
        measured: Type = "performance" if "duration" in fields else "event"
        type_ = "error" if level >= logging.ERROR else measured
    return Record(moment, level, type_, "labotel", message, *_ids(context), plan.name, fields)


def _of_work(kind: type[Event], fields: dict[str, Any]) -> tuple[int, str]:
    """Return the level and the text of a request or a task that ended.

    Its duration is in milliseconds from then on, as a slow query's is.
    """
    within = ""
    if fields.get("duration") is not None:
        scale = 1 if kind is RequestLogged else 1000
        fields["duration"] = took = round(fields["duration"] * scale, 3)
        within = f" in {took:.0f} ms"
    if kind is TaskFinished:
        status = fields["status"]
        level = logging.ERROR if status in _FAILED else logging.INFO
        return level, f"{fields['task_name']} {status}{within}"
    where, status = ("path", "status_code") if kind is RequestLogged else ("endpoint", "status")
    level = logging.ERROR if str(fields[status])[:1] == "5" else logging.INFO
    return level, f"{fields['method']} {fields[where]} {fields[status]}{within}"


def _of_line(line: Line) -> Record:
    fields = clean(line.extra) | _failure(line.failure) | fields_of(line.actor)
    return Record(
        line.time, line.level, _type(line.level, line.failure is not None), scrub(line.logger),
        scrub(line.message), *_ids(line.context), "", fields,
    )  # fmt: skip


def _of_foreign(record: Foreign) -> Record:
    trace, span, _ = record.trace
    level = severities.level_of(severities.of_number(record.severity))
    fields = clean(record.attributes)
    body = scrubbed(record.body)
    return Record(
        record.time, level, _type(level, "exception.type" in fields), scrub(record.logger),
        body if isinstance(body, str) else "" if body is None else str(body),
        f"{trace:032x}" if trace else "", f"{span:016x}" if trace else "",
        scrub(record.event_name), fields,
    )  # fmt: skip


def _type(level: int, failed: bool) -> Type:
    return "error" if failed or level >= logging.ERROR else "log"


def _ids(context: Any) -> tuple[str, str]:
    if context is None or not context.trace_id:
        return "", ""
    return f"{context.trace_id:032x}", f"{context.span_id:016x}"


def _failure(failure: Failure | None) -> dict[str, str]:
    return {} if failure is None else failure_fields(failure)


def duration(milliseconds: float) -> str:
    """Return a duration as people write it."""
    if milliseconds < 1000:
        return f"{milliseconds:.3g} ms"
    whole = timedelta(seconds=round(milliseconds / 1000))
    return f"{milliseconds / 1000:.3g} s" if milliseconds < 60_000 else str(whole)
