"""Filters stand in every selector, wherever it is; strings and labels stay as they are."""

import pytest
from hypothesis import given

import promql_texts as texts
from labotel.catalogs import own
from labotel.render import declared, promql, series
from labotel.render.selection import filled, of_loki, of_prometheus, of_tempo
from labotel.render.series import Series

FILTERS = (
    'service_name=~"$service",deployment_environment_name=~"$environment",instance=~"$instance"'
)
KNOWN = series.of(declared.of([own.catalog]))


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("a_total", "a_total{F}"),
        ("a_total{}", "a_total{F}"),
        ('a_total{b="c"}', 'a_total{F,b="c"}'),
        ("a_total {b='c'}", "a_total {F,b='c'}"),
        ("sum by (a) (rate(a_total[$__rate_interval]))",
         "sum by (a) (rate(a_total{F}[$__rate_interval]))"),
        ("a / on (b) (c > 0) or vector(0)", "a{F} / on (b) (c{F} > 0) or vector(0)"),
        ('label_replace(a, "a", "a{}", "b", "(a)")', 'label_replace(a{F}, "a", "a{}", "b", "(a)")'),
        ('sum(increase(a_total{b="{x}"}[24h] anchored)) / a_total offset 1h',
         'sum(increase(a_total{F,b="{x}"}[24h] anchored)) / a_total{F} offset 1h'),
        ("rate(rate_total[5m])", "rate(rate_total{F}[5m])"),
        ("slo:errors:ratio5m", "slo:errors:ratio5m{F}"),
        # A metric may be called as a label is, or as a unit of time.
        ("max by (queue) (queue)", "max by (queue) (queue{F})"),
        ('a{a="x"} / on (a) group_left (b) b', 'a{F,a="x"} / on (a) group_left (b) b{F}'),
        ("rate(m[5m])", "rate(m{F}[5m])"),
        # What another program says is of no service.
        ('sum(redis_db_keys{db="0"}) / sum(a)', 'sum(redis_db_keys{db="0"}) / sum(a{F})'),
        ("traces_span_metrics_calls_total", "traces_span_metrics_calls_total{F}"),
        # What stands in a comment or a string is no query.
        ("a # don't {b}\n + c", "a{F} # don't {b}\n + c{F}"),
        ("a{b=`}`} # {", "a{F,b=`}`} # {"), ("sum( # a\na)", "sum( # a\na{F})"),
        # A name may stand in braces.
        ('{"a_total", b="c"}', '{F,"a_total", b="c"}'), ('{__name__="a"}', '{F,__name__="a"}'),
        ('{__name__=~"labotel_.+"} > a', '{F,__name__=~"labotel_.+"} > a{F}'),
        ('{__name__=~"redis_.+"}', '{__name__=~"redis_.+"}'),
        ('{__name__=~"redis_.+|labotel_.+"}', '{__name__=~"redis_.+|labotel_.+"}'),
        ('{__name__=~"\\\\blabotel_.+"}', '{F,__name__=~"\\\\blabotel_.+"}'),
        # Other variables, and durations that are computed.
        ("a / ${__range_s}", "a{F} / ${__range_s}"),
        ("rate(a[2 * 5m:1m])", "rate(a{F}[2 * 5m:1m])"),
        ("a @ end() offset (5m)", "a{F} @ end() offset (5m)"),
    ],
)  # fmt: skip
def test_in_promql(expression: str, expected: str) -> None:
    """Nothing else of the query changes."""
    assert of_prometheus(expression, KNOWN).replace(FILTERS, "F") == expected


@given(texts.expressions())
def test_no_selector_is_left_out(expression: str) -> None:
    """Whatever is PromQL: each has the filters, and without them it is what it was."""
    try:
        promql.parsed(expression)
    except promql.Problems:
        return
    made = of_prometheus(expression, KNOWN)
    for node in promql.selectors(promql.parsed(filled(made))):
        assert {"service_name", "instance"} <= {one.name for one in node.matchers.matchers}
    bare = made.replace(f"{{{FILTERS}}}", "").replace(f"{FILTERS},", "")
    assert bare == expression


def test_a_rules_series_is_of_no_instance() -> None:
    """It is of a service: a filter by an instance would leave nothing of it."""
    rule = Series("answers", "rule", frozenset({"service_name", "deployment_environment_name"}))
    assert of_prometheus("answers > 1", {"answers": rule}) == (
        'answers{service_name=~"$service",deployment_environment_name=~"$environment"} > 1'
    )


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ('{service_name=~".+"}', '{F,service_name=~".+"}'),
        ('sum by (x) (count_over_time({a="}"} | json [5m]))',
         'sum by (x) (count_over_time({F,a="}"} | json [5m]))'),
        ('{job="nginx-access"} |= "{x}"', '{job="nginx-access"} |= "{x}"'),
        ('{a="job"} | line_format "{{.message}}"', '{F,a="job"} | line_format "{{.message}}"'),
    ],
)  # fmt: skip
def test_in_logql(expression: str, expected: str) -> None:
    """But where a job is chosen: what was read from files is of no service."""
    assert of_loki(expression, "F") == expected


def test_in_traceql() -> None:
    """In each span selector, joined by "and"."""
    assert of_tempo("{}", "F") == "{F}"
    assert of_tempo('{ duration > 1s } >> {name = "{x}"}', "F") == (
        '{F && ( duration > 1s )} >> {F && (name = "{x}")}'
    )
    assert of_tempo("{ .a = 1 || .b = 2 }", "F") == "{F && ( .a = 1 || .b = 2 )}"


def test_variables_are_filled() -> None:
    """What a test's engine is asked: everything, or what the test chose."""
    assert filled('a{s=~"$service"}[$__rate_interval] ${environment:regex} $1') == (
        'a{s=~".+"}[5m] .* $1'
    )
    assert filled("$service ${service}", {"service": "web"}) == "web web"
