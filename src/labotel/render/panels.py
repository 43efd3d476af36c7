"""A panel as Grafana has it (classic JSON), with its filters, exemplars and links."""

import json
from collections.abc import Callable, Mapping
from string import ascii_uppercase
from typing import Any, Final
from urllib.parse import quote

from grafana_foundation_sdk.builders import (
    dashboard,
    gauge,
    heatmap,
    logs,
    loki,
    piechart,
    prometheus,
    stat,
    table,
    tempo,
    timeseries,
)
from grafana_foundation_sdk.builders.common import GraphThresholdsStyleConfig, TableSortByFieldState
from grafana_foundation_sdk.models import common
from grafana_foundation_sdk.models import dashboard as model
from grafana_foundation_sdk.models.heatmap import HeatmapColorMode
from grafana_foundation_sdk.models.prometheus import PromQueryFormat

from labotel.events.panels import Panel, Query, Source
from labotel.render import selection
from labotel.render.series import Series

_BUILDERS: Final[dict[str, Callable[[], Any]]] = {
    "stat": stat.Panel, "timeseries": timeseries.Panel, "gauge": gauge.Panel,
    "piechart": piechart.Panel, "heatmap": heatmap.Panel, "table": table.Panel,
    "logs": logs.Panel, "traces": table.Panel,
}  # fmt: skip
_AT_ONCE: Final = ("stat", "gauge", "piechart", "table")
"""Kinds that show one number a series: that of the end of the time that is looked at."""
LOGS: Final = f"{{{selection.LOKI}}}".replace("$service", "${service:pipe}").replace(
    "$environment", "${environment:pipe}"
)
TRACES: Final = f"{{{selection.TEMPO}}}"


def source(name: Source) -> model.DataSourceRef:
    """Return the data source that compose/grafana provisions under this name."""
    return model.DataSourceRef(type_val=name, uid=name)


def asked(query: Query, known: Mapping[str, Series]) -> str:
    """Return a query with the dashboard's filters in it."""
    if query.source == "prometheus":
        return selection.of_prometheus(query.expression, known)
    of = selection.of_loki if query.source == "loki" else selection.of_tempo
    return of(query.expression)


def built(panel: Panel, known: Mapping[str, Series]) -> Any:
    """Return a panel's builder; the dashboard gives it its place and its number."""
    made = _BUILDERS[panel.kind]()
    made.title(panel.title).description(panel.description).span(panel.width).height(panel.height)
    made.datasource(source(panel.asked[0].source))
    for letter, query in zip(ascii_uppercase, panel.asked, strict=False):
        made.with_target(_target(panel, query, asked(query, known), letter))
    made.links([_link("Logs", "loki", LOGS), _link("Traces", "tempo", TRACES)])
    if panel.kind == "logs":
        return _lines(made)
    if panel.kind == "traces":  # the slowest of those that were found
        slowest = TableSortByFieldState().display_name("Duration").desc(True)
        return made.sort_by([slowest])
    made.unit(panel.unit).no_value(panel.empty)
    if panel.kind != "heatmap":
        made.thresholds(_thresholds(panel))
    if panel.kind == "heatmap":
        made.color(heatmap.HeatmapColorOptions().mode(HeatmapColorMode.SCHEME).scheme("Oranges"))
    elif panel.kind == "timeseries":
        made.fill_opacity(10).span_nulls(False).axis_soft_min(0)  # the builder's
        if panel.thresholds:
            dashed = common.GraphThresholdsStyleMode.DASHED
            made.thresholds_style(GraphThresholdsStyleConfig().mode(dashed))
    return made


def _lines(made: Any) -> Any:
    return (
        made.show_time(True)
        .wrap_log_message(True)
        .enable_log_details(True)
        .sort_order(common.LogsSortOrder.DESCENDING)
    )


def _thresholds(panel: Panel) -> Any:
    steps = [model.Threshold(value=value, color=colour) for value, colour in panel.thresholds]
    if not steps or steps[0].value:
        steps.insert(0, model.Threshold(value=None, color="green"))
    else:
        steps[0].value = None  # Grafana's lowest has no value
    return dashboard.ThresholdsConfig().mode(model.ThresholdsMode.ABSOLUTE).steps(steps)


def _target(panel: Panel, query: Query, expression: str, letter: str) -> Any:
    if query.source == "tempo":
        made = tempo.TempoQuery().query_type("traceql").query(expression).limit(20)
        return made.ref_id(letter).datasource(source("tempo"))
    at_once = panel.kind in _AT_ONCE
    if query.source == "loki":
        lines = loki.Dataquery().expr(expression).ref_id(letter).datasource(source("loki"))
        lines.query_type("instant" if at_once else "range")
        return lines.legend_format(query.legend) if query.legend else lines
    metrics = prometheus.Dataquery().expr(expression).ref_id(letter)
    metrics.datasource(source("prometheus"))
    if at_once:
        metrics.instant()
    else:
        metrics.range().exemplar("_bucket" in expression)
    if panel.kind == "heatmap":
        metrics.format(PromQueryFormat.HEATMAP)
    elif panel.kind == "table":
        metrics.format(PromQueryFormat.TABLE)
    return metrics.legend_format(query.legend or "__auto")


def explore(name: Source, query: str) -> str:
    """Return the address of Explore with a query, over the time that is looked at.

    Grafana's variables stay as they are (it fills them before the address is opened); the form is
    that of its documentation ("Explore: share", `panes`).
    """
    asks: dict[str, Any] = {"refId": "A", "datasource": {"type": name, "uid": name}}
    asks |= {"queryType": "traceql", "query": query} if name == "tempo" else {"expr": query}
    pane = {
        "datasource": name,
        "queries": [asks],
        "range": {"from": "${__from}", "to": "${__to}"},
    }
    text = json.dumps({"a": pane}, separators=(",", ":"))
    # All but the variables is percent-encoded.
    found = [match[0] for match in selection.VARIABLE.finditer(text)]
    plain = selection.VARIABLE.sub("\0", text).split("\0")
    made = "".join(f"{quote(a, safe='')}{b}" for a, b in zip(plain, [*found, ""], strict=True))
    return f"/explore?schemaVersion=1&panes={made}"


def _link(title: str, name: Source, query: str) -> Any:
    made = dashboard.DashboardLink(title).type(model.DashboardLinkType.LINK)
    return made.url(explore(name, query)).target_blank(True)
