"""A dashboard as Grafana has it: classic JSON, which file provisioning takes."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from hashlib import blake2b
from typing import Any, Final

from grafana_foundation_sdk.builders import dashboard as builder
from grafana_foundation_sdk.cog.encoder import JSONEncoder
from grafana_foundation_sdk.models import dashboard as model

from labotel.events.panels import Dashboard, Panel, Query, Row
from labotel.render import annotations, logql, panels, promql, selection
from labotel.render.declared import Said
from labotel.render.series import Series

_LONGEST: Final = 32
ALIVE: Final = "labotel_exported_total"
"""Every application has it: its labels are the services, environments and instances there are."""


def uid(dashboard: Dashboard) -> str:
    """Return the name in a dashboard's address, which stays while its title does."""
    words = re.sub(r"[^a-z0-9]+", "-", dashboard.title.lower()).strip("-")
    if not words or len(words) > _LONGEST:  # Grafana takes 40 characters
        digest = blake2b(dashboard.title.encode(), digest_size=4).hexdigest()
        words = f"{words[: _LONGEST - 9]}-{digest}"
    return f"labotel-{words.strip('-')}"


def text(dashboard: Dashboard, known: Mapping[str, Series]) -> str:
    """Return a dashboard's JSON: it may be edited, shows the last hour, refreshes every 30 s."""
    made = builder.Dashboard(dashboard.title).uid(uid(dashboard)).tags(["labotel"]).editable()
    made.description(dashboard.description).refresh("30s").time("now-1h", "now").timezone("browser")
    made.tooltip(model.DashboardCursorSync.CROSSHAIR)
    for variable in _variables():
        made.with_variable(variable)
    made.annotation(annotations.deployments(known))
    for number, part in enumerate(dashboard.panels, 1):
        if isinstance(part, Row):
            made.with_row(builder.Row(part.title).id(number))
        else:
            made.with_panel(panels.built(part, known).id(number))
    others = builder.DashboardLink("Dashboards").type(model.DashboardLinkType.DASHBOARDS)
    made.link(others.tags(["labotel"]).as_dropdown(True).include_vars(True).keep_time(True))
    return json.dumps(made.build(), cls=JSONEncoder, indent=2, sort_keys=True) + "\n"


def _variables() -> Iterator[Any]:
    """Give the filters: the service, its environment, its instances."""
    service = _variable("service", "Service", f"label_values({ALIVE}, service_name)")
    yield service
    chosen = f'{ALIVE}{{service_name=~"$service"}}'
    environment = f"label_values({chosen}, deployment_environment_name)"
    yield _variable("environment", "Environment", environment).all_value(".*")
    yield _variable("instance", "Instance", f"label_values({chosen}, instance)").all_value(".*")


def _variable(name: str, label: str, query: str) -> Any:
    everything = model.VariableOption(selected=True, text=["All"], value=["$__all"])
    return (
        builder.QueryVariable(name)
        .label(label)
        .datasource(panels.source("prometheus"))
        .query({"query": query, "refId": name})
        .refresh(model.VariableRefresh.ON_TIME_RANGE_CHANGED)
        .sort(model.VariableSort.ALPHABETICAL_ASC)
        .multi(True)  # the builder's
        .include_all(True)
        .current(everything)
    )


def problems(
    dashboard: Dashboard, known: Mapping[str, Series], events: Mapping[str, Said]
) -> Iterator[str]:
    """Give what is wrong with a dashboard's PromQL and LogQL, each line with its panel."""
    for line in _problems(annotations.DEPLOYMENTS, known, events):
        yield f"annotation 'Deployments' of {dashboard.title!r}: {line}"
    for panel in dashboard.panels:
        for query in panel.asked if isinstance(panel, Panel) else ():
            for line in _problems(query, known, events):
                yield f"panel {panel.title!r} of {dashboard.title!r}: {line}"


def _problems(
    query: Query, known: Mapping[str, Series], events: Mapping[str, Said]
) -> Iterator[str]:
    if query.source == "loki":
        yield from logql.problems(query.expression, events)
    elif query.source == "prometheus":
        try:
            promql.check(selection.filled(query.expression), known)
            promql.parsed(selection.filled(panels.asked(query, known)))
        except promql.Problems as found:
            yield from found.lines


def doubles(dashboards: Iterable[Dashboard]) -> Iterator[str]:
    """Give the dashboards that would be one, as their titles are one name in an address."""
    seen: dict[str, str] = {}
    for dashboard in dashboards:
        name = uid(dashboard)
        if name in seen:
            yield f"two dashboards are called {name!r}: {seen[name]!r} and {dashboard.title!r}"
        seen[name] = dashboard.title
