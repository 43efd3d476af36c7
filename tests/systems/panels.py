"""The panels of an application's own dashboards, and what they show of a run."""

import json
from collections.abc import Iterator
from typing import Any

from stack import panels
from stack.panels import Asked
from systems.pipeline import Rendered
from systems.played import Played


def dashboards(rendered: Rendered) -> dict[str, dict[str, Any]]:
    """Return each dashboard by its title."""
    made = (rendered.folder / "grafana" / "dashboards").glob("*.json")
    read = [json.loads(path.read_text()) for path in sorted(made)]
    return {one["title"]: one for one in read}


def asked(rendered: Rendered, *titles: str) -> Iterator[Asked]:
    """Give every query of these dashboards."""
    drawn = dashboards(rendered)
    for title in titles:
        yield from panels.asked(drawn[title])


def answered(one: Asked, played: Played) -> list[float]:
    """Return the samples that a query answers, of lines their number."""
    pipeline = played.pipeline
    return panels.answered(one, pipeline.metrics(), pipeline.logs(0), played.since, played.until)
