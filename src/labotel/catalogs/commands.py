"""Django's management commands: how each ended, and how long it took."""

from typing import Annotated, Literal

from labotel.events.catalog import Catalog
from labotel.events.event import Event
from labotel.events.instruments import Counter, Histogram
from labotel.events.marks import Limited, Unbounded

Ended = Literal["success", "error", "exit", "interrupted", "failure"]
"""How a command ended.

- `success`: it came back, or left with the status 0.
- `error`: by a CommandError: it said itself what was wrong.
- `exit`: it left with another status. `interrupted`: from the keyboard.
- `failure`: by any other exception.
"""

_LENGTHS = (0.1, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 300.0, 900.0, 3600.0, 14400.0)


class CommandEnded(
    Event,
    name="django.command",
    instruments=(Counter("django_commands_total", by=("command", "outcome")),),
    log=False,
    span=False,
):
    """A management command ended; one that another command called counts for itself."""

    command: Annotated[str, Limited(100)]
    outcome: Ended
    duration: Annotated[
        float, Histogram("django_command_duration_seconds", by=("command",), buckets=_LENGTHS)
    ]


class CommandFailed(
    Event,
    name="django.command.failed",
    severity="ERROR",
    body="manage.py {command}: {outcome}",
    span=False,
):
    """A management command ended otherwise than well: a log record alone; `error` is a class."""

    command: Annotated[str, Limited(100)]
    outcome: Ended
    error: Unbounded[str]


catalog = Catalog("commands", events=[CommandEnded, CommandFailed])
