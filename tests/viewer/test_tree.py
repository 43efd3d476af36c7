"""How one trace is drawn, and which one is chosen to be drawn."""

from __future__ import annotations

import random
import re
import subprocess
import sys
from collections.abc import Callable, Iterable
from io import StringIO
from typing import Any

import pytest
from opentelemetry._logs import LogRecord as SdkRecord
from opentelemetry._logs import SeverityNumber
from opentelemetry.trace import SpanKind
from rich.console import Console
from rich.text import Text

from labotel.viewer.model import LogRecord, Span, SpanEvent
from labotel.viewer.receiver import Receiver
from labotel.viewer.tree import choose_trace, render_trace

SECOND = 1_000_000_000
TRACE = "ab" * 16


def span(name: str, parent: str = "", start: int = 0, **more: Any) -> Span:
    """A span whose id is its name."""
    return Span(TRACE, name, parent, name, "INTERNAL", start, start + SECOND, **more)


def drawn(spans: Iterable[Span], logs: Iterable[LogRecord] = (), width: int = 100) -> list[str]:
    out = StringIO()
    Console(file=out, width=width).print(render_trace(spans, logs))
    return out.getvalue().splitlines()


def depth_of(lines: list[str], word: str) -> int:
    """The column in which the line with this word starts."""
    (line,) = [line for line in lines if re.search(rf"\b{word}\b", line)]
    return len(line) - len(line.lstrip("│├└─ "))


def test_an_event_that_is_also_a_record_is_drawn_once() -> None:
    """labotel says an event on its span and as a log record: one thing, one line."""
    happened = SpanEvent("lab.done", SECOND, {"species": "canine"})
    record = LogRecord(SECOND, "INFO", 9, "lab.done", "lab.done", {}, TRACE, "a", {}, "labotel")
    lines = drawn([span("a", events=(happened,))], [record])
    assert len([line for line in lines if "lab.done" in line]) == 1


def test_a_real_trace_over_two_services_is_drawn(
    receiver: Receiver, process: Callable[..., Any]
) -> None:
    """Service, name, kind and status of each span; events and logs below their own span."""
    web, worker = process("lab-web", "w-0"), process("lab-worker", "k-0")
    logger = web.logger_provider().get_logger("l")
    tracers = [one.tracer_provider().get_tracer("t") for one in (web, worker)]
    with tracers[0].start_as_current_span("POST /protocols", kind=SpanKind.SERVER) as root:
        root.add_event("lab.protocol.completed", {"species": "canine", "protocol_id": 9})
        logger.emit(SdkRecord(severity_text="INFO", severity_number=SeverityNumber.INFO, body="x"))
        with (
            pytest.raises(ValueError, match="jam"),
            tracers[1].start_as_current_span("run render", kind=SpanKind.CONSUMER),
        ):
            raise ValueError("paper jam")
    assert receiver.store.wait_for(lambda: (len(receiver.spans), len(receiver.logs)) == (2, 1))
    trace_id = choose_trace(receiver.store)
    assert trace_id == format(root.get_span_context().trace_id, "032x")
    lines = drawn(receiver.store.trace(trace_id), receiver.store.logs_of(trace_id))
    assert trace_id in lines[0]
    assert "2 services" in lines[0]
    assert re.search(r"lab-web POST /protocols server \S+ (ms|µs|s)", lines[1])
    text = "\n".join(lines)
    assert "lab.protocol.completed species=canine protocol_id=9" in text
    assert re.search(r"INFO x$", text, re.MULTILINE)
    assert re.search(r"lab-worker run render consumer \S+ (ms|µs|s) ✗ error .*paper jam", text)
    assert "exception.message=paper jam" in text
    assert depth_of(lines, "POST") < depth_of(lines, "render") < depth_of(lines, "exception")


def test_children_stand_below_their_parents_in_time_order() -> None:
    """Spans, events and logs of one parent follow each other as they happened."""
    parent = span("parent", events=(SpanEvent("second", 20), SpanEvent("fourth", 40)))
    children = [span("fifth", "parent", 50), span("third", "parent", 30)]
    log = LogRecord(10, "INFO", 9, "first", span_id="parent", trace_id=TRACE)
    lines = drawn([*children, parent], [log])
    order = ["parent", "first", "second", "third", "fourth", "fifth"]
    for line, word in zip(lines[1:], order, strict=True):
        assert word in line
    assert len({depth_of(lines, word) for word in order[1:]}) == 1


def test_spans_without_their_parent_are_roots() -> None:
    """A parent that was not sampled or not received yet hides nobody, and roots may be many."""
    lines = drawn([span("lost", "nowhere", 2), span("root", "", 1), span("child", "lost", 3)])
    assert depth_of(lines, "lost") == depth_of(lines, "root") < depth_of(lines, "child")
    assert len(lines) == 4


def test_circles_are_drawn_once() -> None:
    """Spans that are each other's parents, or their own, are shown without going round."""
    lines = drawn([span("a", "b", 1), span("b", "a", 2), span("self", "self", 3)])
    assert len(lines) == 4
    assert depth_of(lines, "a") == depth_of(lines, "self") < depth_of(lines, "b")


def test_a_span_that_was_delivered_twice_stands_once() -> None:
    """A retried export does not double the tree."""
    assert len(drawn([span("a"), span("a")])) == 2


def test_a_log_record_of_no_span_that_is_here_is_not_lost() -> None:
    """It stands at the end, at the level of the roots."""
    lines = drawn([span("root")], [LogRecord(1, "INFO", 9, "stray", trace_id=TRACE)])
    assert lines[-1].endswith("stray")
    assert depth_of(lines, "root") == depth_of(lines, "stray")


def test_nothing_at_all_is_drawn_without_an_error() -> None:
    """An empty trace has one line."""
    assert len(drawn([])) == 1


def test_a_very_long_chain_is_drawn_within_the_width() -> None:
    """5,000 generations neither overflow Python's stack nor leave the 100 columns."""
    chain = [span(f"s{n}", f"s{n - 1}" if n else "", n) for n in range(5_000)]
    lines = drawn(chain, width=200)
    assert len(lines) == 5_001
    assert max(map(len, lines)) <= 100
    for number in (0, 11, 12, 13, 4_999):
        assert sum(f" s{number} " in line for line in lines) == 1


def test_long_texts_are_cut_at_the_width() -> None:
    """No line is longer than 100 columns, double-width characters included."""
    long = "名" * 500
    event = SpanEvent(long, 1, {long: long, "b": long, "c": long, "d": long})
    parent = Span(
        TRACE, "x", "", long, long, 0, 1, {"db.query.text": long}, (event,), "ERROR", long
    )
    console = Console(file=StringIO(), width=300)
    tree = render_trace([parent], [LogRecord(1, long, 9, long, span_id="x")])
    for line in console.render_lines(tree, pad=False):
        assert sum(segment.cell_length for segment in line) <= 100


def test_what_was_received_cannot_steer_the_terminal() -> None:
    """Escape sequences, line ends and rich's own markup come out as plain text on one line."""
    lines = drawn([span("\x1b[2J[red]a\r\nb[/red]")], [LogRecord(1, "INFO", 9, "c\x07\u202ed")])
    assert len(lines) == 3
    assert not set("".join(lines)) & {"\x1b", "\r", "\x07", "\u202e"}
    assert "[red]a b[/red]" in lines[1]


def test_processes_of_one_service_are_told_apart() -> None:
    """With several instances the end of the id stands behind the service, with one it does not."""
    resources = [{"service.name": "lab", "service.instance.id": f"boot-{n}"} for n in (1, 2)]
    both = drawn([span("a", resource=resources[0]), span("b", resource=resources[1])])
    assert [f"lab/boot-{n} " in line for n, line in zip((1, 2), both[1:], strict=True)] == [
        True
    ] * 2
    assert "boot" not in "".join(drawn([span("a", resource=resources[0])]))


@pytest.mark.parametrize(
    ("nanoseconds", "shown"),
    [
        (0, "0 s"),
        (999, "999 ns"),
        (4_500_000, "4.50 ms"),
        (12 * SECOND, "12.0 s"),
        (90 * SECOND, "1.50 min"),
        (36 * 3600 * SECOND, "1.50 d"),
        (-2 * SECOND, "-2.00 s"),
    ],
)
def test_durations_are_in_the_unit_that_suits_them(nanoseconds: int, shown: str) -> None:
    """Three figures; clocks that disagree may make a duration negative."""
    start = 10 * SECOND
    one = Span(TRACE, "x", "", "name", "SERVER", start, start + nanoseconds)
    assert f" name server {shown}" in drawn([one])[1]


def test_a_span_without_an_end_is_unfinished() -> None:
    """It has no duration, rather than one of minus fifty years."""
    one = Span(TRACE, "x", "", "name", "SERVER", SECOND, 0)
    assert "unfinished" in drawn([one])[1]


def test_the_tree_has_colours_but_no_text_in_markup() -> None:
    """Labels are rich Text, so that nothing received is read as markup."""
    tree = render_trace([span("a", status="ERROR")], [])
    assert isinstance(tree.children[0].label, Text)
    assert any("red" in str(part.style) for part in tree.children[0].label.spans)


def test_the_choice_is_the_trace_that_shows_most(
    receiver: Receiver, process: Callable[..., Any]
) -> None:
    """Several processes, events, logs and queries beat a trace that is merely larger."""
    web, worker = process("web", "w"), process("worker", "k")
    tracer, other = (one.tracer_provider().get_tracer("t") for one in (web, worker))
    logger = web.logger_provider().get_logger("l")
    with tracer.start_as_current_span("large"):
        for _ in range(20):
            tracer.start_span("more").end()
    with tracer.start_as_current_span("telling") as telling:
        telling.add_event("happened")
        logger.emit(SdkRecord(body="said"))
        other.start_span("SELECT", attributes={"db.system": "postgresql"}).end()
    assert receiver.store.wait_for(lambda: (len(receiver.spans), len(receiver.logs)) == (23, 1))
    assert choose_trace(receiver.store) == format(telling.get_span_context().trace_id, "032x")


class Contents:
    """Spans and logs as a store holds them."""

    def __init__(self, spans: list[Span], logs: list[LogRecord]) -> None:
        self.spans, self.logs = spans, logs


def test_the_choice_does_not_depend_on_the_order_of_arrival() -> None:
    """Equally telling traces: the earliest is taken, and of those the smallest id."""
    traces = [("c" * 32, 5), ("b" * 32, 5), ("a" * 32, 9)]
    spans = [Span(trace, "1", "", "x", "SERVER", start, start + 1) for trace, start in traces]
    for seed in range(6):
        random.Random(seed).shuffle(spans)
        assert choose_trace(Contents(spans, [])) == "b" * 32  # type: ignore[arg-type]


def test_without_spans_there_is_no_choice(receiver: Receiver) -> None:
    """None, so that the caller can say so."""
    assert choose_trace(receiver.store) is None


@pytest.mark.parametrize("module", ["tree", "tables"])
def test_without_rich_the_error_says_what_to_install(module: str) -> None:
    """The ImportError has the line to type."""
    code = f"import sys; sys.modules['rich'] = None; import labotel.viewer.{module}"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    last = done.stderr.strip().splitlines()[-1]
    assert last.startswith("ImportError: ")
    assert 'pip install "labotel[viewer]"' in last
