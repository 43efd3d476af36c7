"""All that is rendered of some catalogues, as files: the same text each time."""

from collections import Counter
from collections.abc import Iterable, Iterator

from labotel.catalogs import drawn, own
from labotel.catalogs.foreign import alerts as infrastructure
from labotel.events.catalog import Catalog
from labotel.render import aliases, automatic, dashboards, declared, reference, rules, series
from labotel.render.rule import text

TENANT = "fake"
"""Whose rules they are: so Loki calls who asks where it asks nobody who they are."""
HEAD = "# Made by `labotel render`: change the catalogue, not this file.\n"


class RenderError(ValueError):
    """What is drawn or ruled is not what is emitted: one line for each, with its place."""

    def __init__(self, problems: list[str]) -> None:
        self.problems = problems
        lines = "".join(f"\n  - {problem}" for problem in problems)
        super().__init__(f"what is rendered does not fit what is emitted:{lines}")


def all_of(built_in: Iterable[Catalog], catalogs: Iterable[Catalog]) -> tuple[Catalog, ...]:
    """Return all that is rendered: labotel's own, what applications stand on, and theirs."""
    return (own.catalog, infrastructure.catalog, *built_in, *catalogs)


def files(
    built_in: Iterable[Catalog], catalogs: Iterable[Catalog], runbooks: str = "docs/runbooks"
) -> dict[str, str]:
    """Return the files by their paths; raise RenderError with all that does not fit.

    What comes with labotel (`built_in`) is drawn by hand; of an application's `catalogs` each area
    is drawn by what its instruments are, beside what their authors drew.
    """
    catalogs = tuple(catalogs)
    every = all_of(built_in, catalogs)
    pages = [
        *drawn.DASHBOARDS,
        *(page for catalog in every for page in catalog.dashboards),
        *automatic.objectives(every),
        *(page for catalog in catalogs for page in automatic.dashboards(catalog)),
    ]
    lines = {catalog.name: rules.of_lines(catalog, runbooks) for catalog in every}
    made = declared.of(every)
    groups = {
        catalog.name: [
            *rules.groups(catalog, runbooks),
            aliases.group(catalog.name, catalog.aliases, made.metrics),
        ]
        for catalog in every
    }
    known = series.of(made)
    owned = [(catalog.name, alias) for catalog in every for alias in catalog.aliases]
    problems = [
        *_doubles(every),
        *aliases.doubles(owned),
        *(line for _, alias in owned for line in aliases.problems(alias, made.metrics)),
        *(line for each in groups.values() for line in rules.problems(each, known)),
        *(p for each in lines.values() for p in rules.problems_of_lines(each, made.events)),
        *(line for page in pages for line in dashboards.problems(page, known, made.events)),
        *dashboards.doubles(pages),
    ]
    if problems:
        raise RenderError(problems)
    found = {
        f"{folder}/{name}.yml": HEAD + text(each)
        for folder, of in (("prometheus/rules", groups), (f"loki/rules/{TENANT}", lines))
        for name, each in of.items()
        if any(group.rules for group in each)
    }
    found["declarations.json"] = declared.text(made)
    found |= {f"reference/{catalog.name}.md": reference.text(catalog) for catalog in every}
    for page in pages:
        found[f"grafana/dashboards/{dashboards.uid(page)}.json"] = dashboards.text(page, known)
    return found


def _doubles(catalogs: Iterable[Catalog]) -> Iterator[str]:
    """Give the names that two things have: one would take the other's place."""
    named = [
        *(("catalogue", catalog.name) for catalog in catalogs),
        *(("alert", alert.name) for catalog in catalogs for alert in catalog.alerts),
        *(("objective", one.name) for catalog in catalogs for one in catalog.objectives),
        *(("ratio", ratio.name) for catalog in catalogs for ratio in catalog.ratios),
    ]
    for (what, name), count in Counter(named).items():
        if count > 1:
            yield (
                f"{count} {what}s are called {name!r}; a name is one's alone, and labotel's own "
                "names are taken"
            )
