"""Each link that is provisioned in Grafana leads somewhere: expanded, and asked of the engines."""

import re
from typing import Any

import pytest
import yaml

from .backends import COMPOSE
from .grafana import expanded, provisioned, tags
from .stack import Stack
from .story import Story

pytestmark = pytest.mark.timeout(600)

SOURCES = provisioned(
    {
        "PROMETHEUS_URL": "http://p",
        "LOKI_URL": "http://l",
        "TEMPO_URL": "http://t",
        "ALERTMANAGER_URL": "http://a",
    }
)
MEASURED = 'http_request_duration_seconds_bucket{method="POST"}'


@pytest.fixture(scope="module")
def span(stack: Stack, story: Story) -> Any:
    """A request's span that an exemplar leads to, by the label that is provisioned."""
    [link] = SOURCES["prometheus"]["jsonData"]["exemplarTraceIdDestinations"]
    assert link["datasourceUid"] == "tempo"
    found = stack.metrics().exemplars(MEASURED, story.since, story.until)
    known = {one.trace_id: one for one in stack.traces.spans if one.kind == "SERVER"}
    return next(known[e["labels"][link["name"]]] for e in found if e["labels"]["trace_id"] in known)


def values(span: Any, link: dict[str, Any]) -> dict[str, str]:
    """What a span gives a link's query."""
    given = tags(link, {**span.resource, **span.attributes})
    return {
        "__tags": given, "__trace.traceId": span.trace_id, "__span.spanId": span.span_id,
        "__span.traceId": span.trace_id,
    }  # fmt: skip


def test_a_span_leads_to_its_lines(stack: Stack, story: Story, span: Any) -> None:
    """All of its trace that its service said."""
    link = SOURCES["tempo"]["jsonData"]["tracesToLogsV2"]
    assert link["datasourceUid"] == "loki" and link["customQuery"]
    query = expanded(link["query"], values(span, link))
    assert query == f'{{service_name="django-app"}} | trace_id="{span.trace_id}"'
    lines = stack.logs(story.since).lines(query, story.until)
    assert lines and {line.said["trace_id"] for line in lines} == {span.trace_id}


@pytest.mark.parametrize(
    "query", SOURCES["tempo"]["jsonData"]["tracesToMetrics"]["queries"], ids=lambda q: q["name"]
)
def test_a_span_leads_to_its_metrics(
    query: dict[str, str], stack: Stack, story: Story, span: Any
) -> None:
    """Of its service; one request failed in the two weeks."""
    link = SOURCES["tempo"]["jsonData"]["tracesToMetrics"]
    found = stack.metrics().query(expanded(query["query"], values(span, link)), story.until)
    assert any(value > 0 for _, value in found)


def test_a_line_leads_to_its_trace(stack: Stack, story: Story) -> None:
    """By the label beside it, whose value is the id."""
    [field] = SOURCES["loki"]["jsonData"]["derivedFields"]
    assert (field["matcherType"], field["datasourceUid"]) == ("label", "tempo")
    lines = stack.logs(story.since).lines(
        '{job="django-app"} |= "lab.protocol.created"', story.until
    )
    name = re.fullmatch(field["matcherRegex"], "trace_id")
    assert name is not None
    known = {span.trace_id for span in stack.traces.spans}
    assert lines
    for line in lines:
        assert expanded(field["url"], {"__value.raw": line.labels[name[0]]}) in known


def test_the_service_graph_has_its_metrics(stack: Stack, story: Story) -> None:
    """Those that Grafana's service graph asks for (documentation, "Service Graph view")."""
    assert SOURCES["tempo"]["jsonData"]["serviceMap"] == {"datasourceUid": "prometheus"}
    for metric in ("traces_service_graph_request_total",
                   "traces_service_graph_request_server_seconds_sum",
                   "traces_service_graph_request_server_seconds_bucket"):  # fmt: skip
        found = stack.metrics().query(f"last_over_time({metric}[5m])", story.until)
        assert any(value > 0 for _, value in found), metric
        assert all({"client", "server"} <= labels.keys() for labels, _ in found)


def test_an_expander_does_as_grafana_documents() -> None:
    """Its own examples: `{$__tags} | trace_id="$${__trace.traceId}"`, braces or none."""
    given = {"__tags": 'service_name="a"', "__trace.traceId": "1f"}
    for text in (
        '{${__tags}} | trace_id="${__trace.traceId}"',
        '{$__tags} | trace_id="$__trace.traceId"',
    ):
        assert expanded(text, given) == '{service_name="a"} | trace_id="1f"'
    with pytest.raises(AssertionError):
        tags({"tags": [{"key": "service.name"}]}, {"name": "x"})


def test_dashboards_stand_in_their_folder_and_may_be_edited() -> None:
    """And nothing of a person's own is removed with them."""
    file = COMPOSE / "grafana" / "provisioning" / "dashboards" / "labotel.yaml"
    [provider] = yaml.safe_load(file.read_text())["providers"]
    assert provider["folder"] == "Laboratory System" and provider["allowUiUpdates"] is True
