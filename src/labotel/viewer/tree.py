"""One trace as a tree in the terminal: spans, with their events and log lines in time order."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

from labotel.viewer.terminal import WIDTH, duration, one_line, tail  # first: names a missing rich

# isort: split
from rich.text import Text
from rich.tree import Tree

from labotel.viewer.choice import choose_trace
from labotel.viewer.forest import Node, plant
from labotel.viewer.model import Attributes, LogRecord, Span, SpanEvent, instance_of, service_of

__all__ = ["choose_trace", "render_trace"]

GUIDE = 4  # columns that rich draws for each level
DEEPEST = 12  # below this everything stands at one level, or no room for text would be left
SHOWN_ATTRIBUTES = 3
DETAILS = ("db.query.text", "db.statement", "messaging.destination.name", "url.path")
SERVICE_COLOURS = ("cyan", "magenta", "green", "yellow", "blue", "bright_cyan", "bright_magenta")


def render_trace(spans: Iterable[Span], logs: Iterable[LogRecord]) -> Tree:
    """A renderable of one trace, about 100 columns wide.

    Missing parents, several roots and circles are drawn too; a log record of no span that is here
    stands at the end.
    """
    spans, logs = list(spans), list(logs)
    roots, stray = plant(spans, _said_once(spans, logs))
    names = Names(spans)
    tree = Tree(_title(spans, len(logs)), guide_style="dim")
    # Pairs of what is to be drawn and the branch that it goes on; the last is drawn first.
    waiting: list[tuple[Node | SpanEvent | LogRecord, Tree, int]] = []
    waiting += [(record, tree, 1) for record in reversed(_by_time(stray))]
    waiting += [(root, tree, 1) for root in reversed(roots)]
    while waiting:
        item, branch, level = waiting.pop()
        room = WIDTH - GUIDE * level
        if isinstance(item, Node):
            twig = branch.add(_fit(_span_line(item, names), room))
            if level > DEEPEST:
                twig, level = branch, level - 1
            waiting += [(inner, twig, level + 1) for inner in reversed(item.contents())]
        elif isinstance(item, SpanEvent):
            branch.add(_fit(_event_line(item), room))
        else:
            branch.add(_fit(_log_line(item), room))
    return tree


class Names:
    """How the services of one trace are shown: each in its colour, processes apart if need be."""

    def __init__(self, spans: Sequence[Span]) -> None:
        self._instances: defaultdict[str, set[str]] = defaultdict(set)
        for span in spans:
            self._instances[service_of(span.resource)].add(instance_of(span.resource))
        services = sorted(self._instances)
        self._colours = {
            name: SERVICE_COLOURS[index % len(SERVICE_COLOURS)]
            for index, name in enumerate(services)
        }

    def of(self, resource: Attributes) -> Text:
        """The service, with the end of its instance id where the trace has several of them."""
        service, instance = service_of(resource), instance_of(resource)
        text = Text().append(one_line(service or "?", 24), style=self._colours.get(service, ""))
        if len(self._instances[service]) > 1 and instance:
            text.append(f"/{tail(instance)}", style="dim")
        return text


def _title(spans: Sequence[Span], logs: int) -> Text:
    if not spans:
        return Text("trace without spans", style="bold")
    services = len({service_of(span.resource) for span in spans})
    start = min(span.start_ns for span in spans)
    end = max(max(span.end_ns, span.start_ns) for span in spans)
    events = sum(len(span.events) for span in spans)
    counts = [(services, "service"), (len(spans), "span"), (events, "event"), (logs, "log line")]
    words = [f"{count} {name}{'' if count == 1 else 's'}" for count, name in counts]
    title = Text("trace ").append(one_line(spans[0].trace_id, 32), style="bold")
    title.append("  " + " · ".join([*words, duration(end - start)]), style="dim")
    return _fit(title, WIDTH)


def _span_line(node: Node, names: Names) -> Text:
    span = node.span
    line = names.of(span.resource)
    line.append(" ")
    line.append(one_line(span.name or "(no name)", 48), style="bold")
    line.append(f" {span.kind.lower()}", style="dim")
    took = duration(span.end_ns - span.start_ns) if span.end_ns else "unfinished"
    line.append(f" {took}", style="bright_white")
    if span.status == "ERROR":
        message = f" {one_line(span.status_message, 40)}" if span.status_message else ""
        line.append(f" ✗ error{message}", style="bold red")
    elif span.status == "OK":
        line.append(" ✓ ok", style="green")
    if node.depth >= DEEPEST:
        line.append(f" (depth {node.depth})", style="dim italic")
    detail = next((span.attributes[key] for key in DETAILS if span.attributes.get(key)), "")
    if detail:
        line.append(f" {one_line(detail, 60)}", style="dim italic")
    return line


def _event_line(event: SpanEvent) -> Text:
    failed = event.name == "exception"
    line = Text().append("◆ ", style="red" if failed else "yellow")
    line.append(one_line(event.name or "(no name)", 48))
    shown = list(event.attributes.items())
    if failed:  # the stack trace would hide what people look for
        shown = [(key, value) for key, value in shown if key != "exception.stacktrace"]
    for key, value in shown[:SHOWN_ATTRIBUTES]:
        line.append(f" {one_line(key, 32)}=", style="dim")
        line.append(one_line(value, 32))
    if len(shown) > SHOWN_ATTRIBUTES:
        line.append(f" +{len(shown) - SHOWN_ATTRIBUTES}", style="dim")
    return line


def _log_line(record: LogRecord) -> Text:
    level = record.severity_text or str(record.severity_number or "log")
    # Severity numbers: 17 and above are errors, 13 to 16 warnings, below 9 debug and trace.
    number = record.severity_number
    colour = "red" if number >= 17 else "yellow" if number >= 13 else "blue"
    line = Text().append(f"≡ {one_line(level, 8)} ", style=colour)
    said = record.event_name if record.body in (None, "") else record.body
    return line.append(one_line(said or "(empty)", WIDTH), style="dim" if 0 < number < 9 else "")


def _said_once(spans: Sequence[Span], logs: Sequence[LogRecord]) -> list[LogRecord]:
    """The records without those that stand on their span as an event too: one thing, one line."""
    shown = {(span.span_id, event.name, event.time_ns) for span in spans for event in span.events}
    return [r for r in logs if (r.span_id, r.event_name, r.time_ns) not in shown]


def _by_time(records: Iterable[LogRecord]) -> list[LogRecord]:
    return sorted(records, key=lambda record: record.time_ns)


def _fit(line: Text, room: int) -> Text:
    line.no_wrap, line.overflow = True, "ellipsis"
    line.truncate(room, overflow="ellipsis")
    return line
