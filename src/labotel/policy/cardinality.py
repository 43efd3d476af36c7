"""How many different values and series there may be: first come, first served, then ``other``."""

from collections.abc import Callable, Hashable, Sequence
from typing import Final

from labotel.events.event import label_text
from labotel.events.fields import OTHER_LABEL, Field
from labotel.policy.scrubbing import TEXT_LIMIT, scrub_short

SERIES_LIMIT: Final = 2000
"""Series a metric, in each slot, as in OpenTelemetry's specification of the metrics SDK."""
VALUE_LENGTH: Final = 200
"""The longest label value in characters; longer ones are cut."""

Note = Callable[[str, str], None]


class LabelPolicy:
    """Turns raw label values into the label values of a series, within the declared bounds.

    One for each metric and slot. `note(what, label)` is told of each value that was replaced.
    """

    def __init__(self, fields: Sequence[Field], note: Note) -> None:
        self._fields = tuple(fields)
        self._note = note
        self._seen: dict[str, set[str]] = {f.name: set() for f in fields if f.limit is not None}

    def apply(self, raw: Sequence[Hashable]) -> tuple[tuple[str, ...], bool]:
        """Return the label values and whether every raw value was allowed as it was."""
        clean = True
        made = []
        for field, value in zip(self._fields, raw, strict=True):
            text = label_text(field, value)
            if text is None:
                self._note("value", field.name)
                text, clean = OTHER_LABEL, False
            elif field.limit is not None:
                text = self._limited(field, text)
                clean = clean and text == value
            made.append(text)
        return tuple(made), clean

    def _limited(self, field: Field, text: str) -> str:
        given, text = text, limited(text)
        if text != printable(given):
            self._note("personal", field.name)
        seen = self._seen[field.name]
        if text in seen:
            return text
        if len(seen) >= (field.limit or 0):
            self._note("limit", field.name)
            return OTHER_LABEL
        seen.add(text)
        return text

    def learn(self, labels: Sequence[str]) -> None:
        """Count label values that a slot carries on as seen."""
        for field, text in zip(self._fields, labels, strict=True):
            if field.limit is not None and text != OTHER_LABEL:
                self._seen[field.name].add(text)

    @property
    def overflow(self) -> tuple[str, ...]:
        """The label values of the series that takes what is past the metric's limit."""
        return (OTHER_LABEL,) * len(self._fields)


def limited(text: str) -> str:
    """Return the label value of a field that has a cap alone: scrubbed, and as stores take it."""
    return printable(scrub_short(text[:TEXT_LIMIT]))


def printable(text: str) -> str:
    """Return a label value that every store takes: valid UTF-8, no NUL, capped in length."""
    text = text[:VALUE_LENGTH].replace("\0", "")
    return text.encode("utf-8", "replace").decode("utf-8")
