"""`labotel view`: a local receiver that draws each trace as it arrives, and metrics at the end."""

from __future__ import annotations

import time
from collections import Counter
from typing import TYPE_CHECKING, Final

import click

from labotel.viewer.model import LogRecord, label_text
from labotel.viewer.receiver import Receiver
from labotel.viewer.store import Store

if TYPE_CHECKING:
    from rich.console import Console

LOOK_EVERY: Final = 0.3
QUIET: Final = 1.5
"""A trace is shown when nothing more of it came for so many seconds."""


@click.command(short_help="Receive traces, logs and metrics here, and show them.")
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=4318,
    show_default=True,
    help="0 takes any free one.",
)
@click.option("--seconds", type=click.IntRange(min=1), help="End by itself after so long.")
def view(host: str, port: int, seconds: int | None) -> None:
    """Receive what applications on this machine send by OTLP/HTTP, and show it here.

    Each trace is drawn with its events and log lines when it is complete; Ctrl-C shows the metrics
    and ends. An application sends here by itself, unless OTEL_EXPORTER_OTLP_ENDPOINT says
    otherwise.
    """
    try:
        from labotel.viewer.tables import render_metrics
    except ImportError as error:
        raise click.ClickException(str(error)) from error
    from rich.console import Console

    console = Console()
    try:
        receiver = Receiver(host, port).start()
    except OSError as error:
        raise click.ClickException(
            f"port {port} of {host} cannot be taken ({error.strerror}); give another by --port"
        ) from error
    try:
        console.print(f"Listening on {receiver.endpoint}; Ctrl-C shows the metrics and ends.")
        _watch(receiver.store, console, seconds)
    except KeyboardInterrupt:
        console.print()
    finally:
        receiver.stop()
    console.print(render_metrics(receiver.store))


def _watch(store: Store, console: Console, seconds: int | None) -> None:
    ends = time.monotonic() + seconds if seconds is not None else float("inf")
    seen = Seen(store)
    while time.monotonic() < ends:
        time.sleep(LOOK_EVERY)
        seen.show(console, time.monotonic())
    seen.show(console, float("inf"))


class Seen:
    """What was shown of a store, and what still grows."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._sizes: Counter[str] = Counter()
        self._grew: dict[str, float] = {}
        self._shown: set[str] = set()
        self._last: LogRecord | None = None

    def show(self, console: Console, now: float) -> None:
        """Show the traces that are quiet by `now`, and the log lines that belong to none."""
        from labotel.viewer.terminal import one_line
        from labotel.viewer.tree import render_trace

        for record in self._lone():
            line = one_line(
                f"{record.severity_text:<5} {record.scope}: {label_text(record.body)}", 200
            )
            console.print(line, markup=False, highlight=False)
        sizes = Counter(span.trace_id for span in self._store.spans)
        for trace_id, size in sizes.items():
            if size != self._sizes[trace_id]:
                self._grew[trace_id] = min(now, time.monotonic())
            quiet = now - self._grew[trace_id] >= QUIET
            if quiet and trace_id not in self._shown:
                self._shown.add(trace_id)
                spans, logs = self._store.trace(trace_id), self._store.logs_of(trace_id)
                console.print(render_trace(spans, logs))
        self._sizes = sizes

    def _lone(self) -> list[LogRecord]:
        """Return the new log lines of no trace: those after the last that was looked at."""
        new: list[LogRecord] = []
        for record in reversed(self._store.logs):
            if record is self._last:
                break
            new.append(record)
        if new:
            self._last = new[0]
        return [record for record in reversed(new) if not record.trace_id]
