"""What the commands of the frameworks do: show, health, increment, record."""

import json
from collections.abc import Callable, Iterable
from typing import Any, Final, Literal

from labotel.instrumentation import pages
from labotel.instrumentation.adding import added
from labotel.pages.increment import Refused
from labotel.pages.words import health_in_words, metrics_in_words

Format = Literal["text", "json"]
Said = Callable[[], str]
ACTIONS: Final = ("show", "health", "increment", "record")
TEST: Final = "test"
"""The value of a label that has no list of values, where test data are recorded."""


class Wrong(Exception):
    """What cannot be done, in words for who gave the command."""


def show(form: Format) -> str:
    """Return the current values."""
    values = _page().values()
    return _json({"metrics": values}) if form == "json" else metrics_in_words(values)


def health(form: Format) -> tuple[str, bool]:
    """Return what the checks found, and whether nothing is unhealthy."""
    report = pages.health().report()
    text = _json(report) if form == "json" else health_in_words(report)
    return text, report["status"] != "unhealthy"


def increment(metric: str | None, value: str, labels: Iterable[str], form: Format) -> str:
    """Add to a counter; raise Wrong where that cannot be."""
    page = _page()
    asked = {"metric": metric, "value": _number(value), "labels": dict(map(_pair, labels))}
    try:
        made = added(page, page.increments.judge(asked), "command")
    except Refused as refused:
        raise Wrong(str(refused)) from None
    return _json(made.said) if form == "json" else f"added {made.amount} to {made.series}"


def record(form: Format) -> str:
    """Add one to a series of each counter of the application's: test data."""
    page = _page()
    done = []
    for name, counter in sorted(page.increments.counters.items()):
        labels = {
            label: (field.label_values or (TEST,))[0]
            for label, field in zip(counter.measure.by, counter.fields, strict=True)
        }
        asked = {"metric": name, "value": 1, "labels": labels}
        done.append(added(page, page.increments.judge(asked), "command"))
    if form == "json":
        return _json({"added": [made.said for made in done]})
    return "\n".join(f"added {made.amount} to {made.series}" for made in done) or (
        "no catalogue of this application declares a counter"
    )


def _page() -> pages.Pages:
    page = pages.current()
    if page is None:
        raise Wrong("labotel is not configured: call labotel.configure() where the settings are")
    return page


def _pair(text: str) -> tuple[str, str]:
    label, equals, value = text.partition("=")
    if not equals:
        raise Wrong(f"--label {text!r}: allowed: label=value, as in --label size=small")
    return label, value


def _number(text: str) -> Any:
    for kind in (int, float):
        try:
            return kind(text)
        except ValueError:
            continue
    return text


def _json(said: Any) -> str:
    return json.dumps(said, indent=2)
