"""What the demonstration prints."""

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from driver.areas import parts
from driver.choice import METRIC, Choice, choose
from driver.losses import losses
from driver.tally import Tally
from labotel.viewer.store import Store
from labotel.viewer.tables import render_metrics
from labotel.viewer.tree import render_trace

# Not a terminal: as wide as the viewer draws, and not the 80 columns that rich assumes.
console = Console(width=None if sys.stdout.isatty() else 100)


@contextmanager
def step(what: str) -> Iterator[None]:
    """Say what is done now."""
    if not console.is_terminal:
        console.print(f"{what} ...")
        yield
        return
    with console.status(what):
        yield
    console.print(f"{what}: done")


@contextmanager
def progress(number: int, what: str) -> Iterator[Callable[[], None]]:
    """Show how far the protocols are; yields the function that moves on by one."""
    if not console.is_terminal:
        yield _plain_progress(number, what)
        return
    columns = (TextColumn(what), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console) as bar:
        task = bar.add_task(what, total=number)
        yield lambda: bar.advance(task)


def _plain_progress(number: int, what: str) -> Callable[[], None]:
    done = 0

    def advance() -> None:
        nonlocal done
        done += 1
        if done == number or done % max(1, number // 4) == 0:
            console.print(f"{what}: {done} of {number} protocols at their end")

    return advance


def failure(text: str, work: Path) -> None:
    """Say why the run ended early."""
    console.print(f"[bold red]The demonstration ended early:[/] {escape(text)}", soft_wrap=True)
    console.print(f"Logs, database and mails are in {work}", soft_wrap=True)


def everything(store: Store, tally: Tally, differences: Sequence[str], work: Path) -> None:
    """Show the trace, the metrics, what was lost, and whether the numbers are right."""
    choice = choose(store)
    _trace(store, choice)
    _metrics(store, choice)
    _losses(store)
    _verdict(store, tally, differences)
    _next(work)


def _trace(store: Store, choice: Choice | None) -> None:
    console.rule("One trace: a report is finalized, rendered and mailed", align="left")
    if choice is None:
        console.print(f"[yellow]No exemplar of {METRIC} leads to a whole trace.[/]")
        return
    console.print(render_trace(choice.spans, store.logs_of(choice.trace_id)))
    took = timedelta(seconds=round(choice.exemplar.value))
    console.print(
        f"An exemplar of {METRIC} ({took} on the laboratory's clock)\n"
        f"has the trace id {choice.trace_id}: the trace above.",
        highlight=False,
    )


def _metrics(store: Store, choice: Choice | None) -> None:
    console.rule("Metrics, summed over all processes", align="left")
    console.print("What has not happened stands at 0 from the start, and is left out here.")
    for area, prefixes, part in parts(store):
        console.print(f"\n[bold]{area}[/]")
        console.print(render_metrics(part, prefixes, choice.trace_id if choice else None))


def _losses(store: Store) -> None:
    console.rule("What was lost", align="left")
    found = losses(store)
    for line in found:
        console.print(line, style="yellow", markup=False, highlight=False)
    if not found:
        console.print("Nothing: no event, value, span or log record was dropped or refused.")


def _verdict(store: Store, tally: Tally, differences: Sequence[str]) -> None:
    console.rule("What happened and what arrived", align="left")
    console.print("The people of the day counted for themselves what they did:")
    for metric in sorted(tally.metrics()):
        wrong = any(line.startswith((f"{metric}{{", f"{metric}:")) for line in differences)
        mark = "[red]differs[/]" if wrong else "[green]agrees[/]"
        console.print(f"{tally.total(metric):>8} {metric}: {mark}", highlight=False)
    for line in differences:
        console.print(line, style="red", markup=False, highlight=False, soft_wrap=True)
    console.print(f"{len(store.spans)} spans and {len(store.logs)} log records arrived.")


def _next(work: Path) -> None:
    console.rule("What to try next", align="left")
    for line in (
        "src/labotel/catalogs/lab/: what the laboratory may say, each event one class.",
        "examples/lab/cases/models/, orders/models.py, people/, post/: where it says it.",
        f"{work}: the logs of the processes, the mails, and the reports as PDF.",
        "examples/lab/README.md: how to open the laboratory in your browser.",
        "python examples/lab/demo.py --protocols 60 --seconds 60: more of it.",
    ):
        console.print(f"  {line}", markup=False, highlight=False, soft_wrap=True)
