"""The spans of one trace in the order of a tree, whatever their parents claim."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

from labotel.viewer.model import LogRecord, Span, SpanEvent


@dataclass(slots=True)
class Node:
    """One span with what stands below it; `depth` is 0 for a root."""

    span: Span
    depth: int = 0
    children: list[Node] = field(default_factory=list)
    logs: list[LogRecord] = field(default_factory=list)

    def contents(self) -> list[Node | SpanEvent | LogRecord]:
        """Events, log lines and child spans, in time order."""
        timed: list[tuple[int, Node | SpanEvent | LogRecord]] = []
        timed += [(event.time_ns, event) for event in self.span.events]
        timed += [(record.time_ns, record) for record in self.logs]
        timed += [(child.span.start_ns, child) for child in self.children]
        return [item for _, item in sorted(timed, key=lambda pair: pair[0])]


def plant(spans: Sequence[Span], logs: Sequence[LogRecord]) -> tuple[list[Node], list[LogRecord]]:
    """The roots, earliest first, and the log records of no span that is here.

    A span is a root if its parent is not here; of spans that are each other's parents, the
    earliest is. A span that was delivered twice stands once.
    """
    nodes = {span.span_id: Node(span) for span in sorted(spans, key=lambda span: span.start_ns)}
    below: defaultdict[str, list[Node]] = defaultdict(list)
    for node in nodes.values():
        below[node.span.parent_span_id].append(node)
    roots: list[Node] = []
    placed: set[str] = set()
    orphans = [node for node in nodes.values() if node.span.parent_span_id not in nodes]
    # After the true roots come all spans: what is still unplaced by then is in a circle.
    for node in (*orphans, *nodes.values()):
        if node.span.span_id not in placed:
            roots.append(node)
            _grow(node, below, placed)
    stray: list[LogRecord] = []
    for record in logs:
        owner = nodes.get(record.span_id)
        (stray if owner is None else owner.logs).append(record)
    return sorted(roots, key=lambda node: node.span.start_ns), stray


def _grow(root: Node, below: dict[str, list[Node]], placed: set[str]) -> None:
    # A stack and not recursion: a chain of spans may be longer than Python's stack.
    placed.add(root.span.span_id)
    growing = [root]
    while growing:
        node = growing.pop()
        for child in below.get(node.span.span_id, []):
            if child.span.span_id not in placed:
                placed.add(child.span.span_id)
                child.depth = node.depth + 1
                node.children.append(child)
                growing.append(child)
