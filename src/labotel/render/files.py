"""All that is rendered of some catalogues, as files: the same text each time."""

from collections.abc import Iterable

from labotel.catalogs import own
from labotel.events.catalog import Catalog
from labotel.render import dashboards, rules, series
from labotel.render.rule import text

HEAD = "# Made by `labotel render`: change the catalogue, not this file.\n"


class RenderError(ValueError):
    """What is drawn or ruled is not what is emitted: one line for each, with its place."""

    def __init__(self, problems: list[str]) -> None:
        self.problems = problems
        lines = "".join(f"\n  - {problem}" for problem in problems)
        super().__init__(f"what is rendered does not fit what is emitted:{lines}")


def files(catalogs: Iterable[Catalog], runbooks: str = "docs/runbooks") -> dict[str, str]:
    """Return the files by their paths; raise RenderError with all that does not fit."""
    catalogs = (own.catalog, *catalogs)
    known = series.of_catalogs(catalogs)
    for catalog in catalogs:
        known |= {made.name: made for made in rules.recorded(catalog)}
    found: dict[str, str] = {}
    problems: list[str] = []
    for catalog in catalogs:
        groups = rules.groups(catalog, runbooks)
        problems += rules.problems(groups, known)
        if any(group.rules for group in groups):
            found[f"prometheus/rules/{catalog.name}.yml"] = HEAD + text(groups)
        for dashboard in catalog.dashboards:
            problems += dashboards.problems(dashboard, known)
            if not problems:
                found[f"grafana/dashboards/{dashboards.uid(dashboard)}.json"] = dashboards.text(
                    dashboard
                )
    if problems:
        raise RenderError(problems)
    return found
