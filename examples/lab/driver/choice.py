"""Which trace is shown: one that an exemplar of a domain metric leads to, and that is whole."""

from dataclasses import dataclass

from labotel.viewer.model import Exemplar, Span
from labotel.viewer.store import Store

METRIC = "protocols_processing_duration_seconds"


@dataclass(frozen=True)
class Choice:
    """A trace, and the exemplar that leads to it."""

    exemplar: Exemplar
    spans: tuple[Span, ...]

    @property
    def trace_id(self) -> str:
        """The id that the exemplar and the spans share."""
        return self.exemplar.trace_id


def choose(store: Store) -> Choice | None:
    """Return the trace with the most spans: that of the e-mail which needed a second attempt."""
    made = []
    points = [point for point in store.totals if point.name == METRIC]
    for exemplar in (exemplar for point in points for exemplar in point.exemplars):
        spans = store.trace(exemplar.trace_id) if exemplar.trace_id else []
        if _whole(spans, exemplar):
            made.append(Choice(exemplar, tuple(spans)))
    return max(made, key=lambda choice: len(choice.spans), default=None)


def _whole(spans: list[Span], exemplar: Exemplar) -> bool:
    """Tell whether each span's parent is there, and the span that the exemplar was taken in."""
    here = {span.span_id for span in spans}
    parents = {span.parent_span_id for span in spans if span.parent_span_id}
    return exemplar.span_id in here and parents <= here
