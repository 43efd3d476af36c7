"""Writes each record to the console and the files that were chosen, on a thread of its own.

A console that nobody reads, or a disk that hangs, holds up this thread alone.
"""

import os
import sys
import threading
from collections import deque
from collections.abc import Callable, Iterable
from functools import partial
from typing import Any, Final

from labotel.catalogs.http import RequestServed
from labotel.export.logfiles import LogFile
from labotel.export.wake import Alarm, wait_until
from labotel.output.console import HOLD, Console
from labotel.output.files import SharedFile
from labotel.output.lines import as_json, as_words
from labotel.output.record import WORK, Record, record_of
from labotel.signals.pipeline import LOGS
from labotel.signals.spans import PseudonymSource
from labotel.signals.tally import Tally

EVERY: Final = 0.5
END_WAIT: Final = 1.0
"""How long, in s, an ending process waits for what is written."""


class Output:
    """The outputs of one process; `take` is given every event and line that it says."""

    def __init__(
        self,
        console: str,
        files: tuple[LogFile, ...],
        service: str,
        pseudonyms: PseudonymSource,
        tally: Tally,
        drain: Callable[[], None],
        requests_logged: Callable[[], bool] = lambda: False,
    ) -> None:
        self._requests_logged = requests_logged
        self._drain = drain
        self._style = _style(console)
        self._files = [(chosen, SharedFile(chosen)) for chosen in files]
        self._service = service
        self._pseudonyms = pseudonyms
        self._tally = tally
        self.forget()

    def forget(self) -> None:
        """Forget, in a forked child, what its parent said and is still to write."""
        self._waiting: deque[Any] = deque()
        self._wake = Alarm()
        self._thread: threading.Thread | None = None
        self._ending = False
        self._console = Console()
        for _, file in self._files:
            file.close()

    def take(self, item: Any) -> None:
        """Take what the pipeline was given (on any thread: one append)."""
        kind = item[0] if item.__class__ is tuple else None
        if kind is not None and not (kind._plan.log or kind in WORK):
            return
        if kind is RequestServed and self._requests_logged():  # as RequestLogged, which says more
            return
        if len(self._waiting) >= LOGS:
            self._tally.count("labotel_dropped_total", "logs", "output_full")
            return
        self._waiting.append(item)
        if self._thread is not None:
            self._wake.ring()

    def turn(self) -> None:
        """Start the thread where there is something to write (on labotel's own thread)."""
        if self._thread is None and self._waiting:
            thread = threading.Thread(target=self._run, name="labotel-output", daemon=True)
            try:
                thread.start()
            except RuntimeError:  # the interpreter is ending, or there are too many just now
                return
            self._thread = thread

    def finish(self) -> None:
        """Have everything written, at a process's end; wait for at most `END_WAIT` s."""
        self._ending = True
        self.turn()
        thread = self._thread
        if thread is None:  # there can be none any more
            self._run()
            return
        self._wake.ring()
        wait_until(lambda: not thread.is_alive(), END_WAIT)

    def _run(self) -> None:
        while True:
            ending = self._ending
            try:
                self._write(ending)
            except Exception as error:
                self._tally.fault("output", error)
            if ending:
                return
            self._wake.wait(EVERY)

    def _write(self, ending: bool) -> None:
        """Write what waits, with the events that are queued yet: they may be before a line."""
        self._drain()
        records = []
        while self._waiting:
            try:
                records.append(record_of(self._waiting.popleft(), self._pseudonyms()))
            except Exception as error:  # one that cannot be shown costs itself alone
                self._tally.fault("output", error)
        records.sort(key=lambda record: record.time)  # events come by another way than lines
        self._each(records)
        self._attempt(lambda: self._show(records, ending))

    def _each(self, records: list[Record]) -> None:
        for chosen, file in self._files:
            lines = [
                line.encode("utf-8", "replace") + b"\n"
                for record in records
                if record.level >= chosen.level and chosen.type in (None, record.type)
                for line in self._made(record, self._as_json)
            ]
            self._attempt(partial(file.write, lines))

    def _show(self, records: list[Record], ending: bool) -> None:
        shown: list[str] = []
        make = {"json": self._as_json, "plain": _as_words, "pretty": self._console.take}
        for record in records if self._style in make else ():
            shown += self._made(record, make[self._style])
        if self._style == "pretty":
            shown += self._console.rest(0.0 if ending else HOLD)
        if shown:
            _print("\n".join(shown) + "\n")

    def _as_json(self, record: Record) -> Iterable[str]:
        return (as_json(record, self._service),)

    def _made(self, record: Record, make: Callable[[Record], Iterable[str]]) -> list[str]:
        """Return a record's lines; none of one that cannot be shown, which costs itself alone."""
        try:
            return list(make(record))
        except Exception as error:
            self._tally.fault("output", error)
            return []

    def _attempt(self, act: Callable[[], None]) -> None:
        """Write; what cannot be written is counted, and said once a minute."""
        try:
            act()
        except OSError as error:
            self._tally.fault("output", error)


def _style(console: str) -> str:
    """Return how the console is written to: "auto" is for people where one looks."""
    if console != "auto":
        return console
    try:
        looks = sys.stdout.isatty()
    except (AttributeError, ValueError):  # there is none, or it is closed
        return "off"
    return "pretty" if looks and not os.environ.get("NO_COLOR") else "plain"


def _as_words(record: Record) -> Iterable[str]:
    return (as_words(record),)


def _print(text: str) -> None:
    """Write to standard output at once.

    Past Python's buffer, where there is a real file: its lock may be held by a thread that the
    interpreter's end has stopped for ever. What stands in its place for a while
    (`contextlib.redirect_stdout`) is for what the application prints.
    """
    for stream in (sys.stdout, sys.__stdout__):
        try:
            file = stream.fileno()  # type: ignore[union-attr]  # None is caught, as others are
            break
        except (AttributeError, OSError, ValueError):  # replaced, or none
            continue
    else:  # in a notebook there is none at all
        if sys.stdout is not None:
            sys.stdout.write(text)
        return
    data = text.encode("utf-8", "replace")
    while data:
        data = data[os.write(file, data) :]
