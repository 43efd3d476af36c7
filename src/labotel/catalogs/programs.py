"""Programs that an application starts: one event each, when its end is noticed."""

from typing import Annotated, Literal

from labotel.events.buckets import SECONDS
from labotel.events.catalog import Catalog
from labotel.events.event import Event
from labotel.events.instruments import Histogram
from labotel.events.marks import Limited

Ending = Literal["success", "failure", "timeout", "killed", "not_found", "not_permitted"]
"""`failure`: another exit status than 0, or it did not start for another reason; `timeout`: killed
after a TimeoutExpired; `killed`: by a signal."""


class CommandEnded(Event, name="process.command", log=False, span=False):
    """A program ended, or could not be started.

    `command` is the program's name, and of git and datalad the command too: `git commit`.
    """

    command: Annotated[str, Limited(50)]
    outcome: Ending
    duration: Annotated[
        float,
        Histogram("subprocess_duration_seconds", by=("command", "outcome"), buckets=SECONDS),
    ]


catalog = Catalog("programs", events=[CommandEnded])
