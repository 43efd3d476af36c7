"""A query is judged before an engine sees it: what is not emitted, and what can never match."""

import pytest

from judged import said
from labotel.events.who import WHO
from labotel.render.promql import check, names
from labotel.render.series import Series

KNOWN = {
    series.name: series
    for series in (
        Series(
            "requests_total", "counter", WHO | {"method", "status"},
            {"method": frozenset({"GET", "POST", "other"})},
        ),
        Series("served_total", "counter", WHO | {"method"}),
        Series("took_seconds_bucket", "histogram", WHO | {"method", "le"}),
        Series("took_seconds_count", "histogram", WHO | {"method"}),
    )
}  # fmt: skip


@pytest.mark.parametrize(
    ("expression", "labels"),
    [
        ("requests_total", WHO | {"method", "status"}),
        ('sum by (method) (rate(requests_total{status=~"5.."}[5m]))', {"method"}),
        ("sum without (instance, service_instance_id) (rate(served_total[5m]))",
         WHO - {"instance", "service_instance_id"} | {"method"}),
        ("sum(increase(requests_total[1d] anchored))", set()),
        ("sum(increase(requests_total[1d] offset 1d anchored))", set()),
        ("histogram_quantile(0.95, sum by (le, method) (rate(took_seconds_bucket[5m])))",
         {"method"}),
        ("sum by (method) (served_total) / (sum by (method) (requests_total) > 0)", {"method"}),
        ("100 * sum(served_total) / sum(requests_total)", set()),
        ("sum(served_total) > bool 5", set()),
        ("requests_total / on (method) group_left () sum by (method) (served_total)",
         WHO | {"method", "status"}),
        ("requests_total / on (method, job) group_left () served_total",
         WHO | {"method", "status"}),
        ("topk(5, sum by (method) (requests_total))", {"method"}),
        ('count_values("version", served_total)', {"version"}),
        ('label_replace(served_total, "view", "$1", "method", "(.*)")', WHO | {"method", "view"}),
        ("sum(served_total) or vector(0)", set()),
        ("served_total unless on (method) sum by (method) (requests_total)", WHO | {"method"}),
        ("time() - max(timestamp(served_total))", set()),
        ("scalar(sum(served_total)) * 2", set()),
        ("max_over_time(sum(served_total)[1h:1m])", set()),
        ("-served_total", WHO | {"method"}),
        ('absent(requests_total{method="GET",job=~"a"})', {"method"}),
        ('sum by (method) (absent((requests_total{method="GET"})))', {"method"}),
        ("absent(served_total) and absent(requests_total)", set()),
        ("topk(scalar(sum(served_total)), requests_total)", WHO | {"method", "status"}),
    ],
)  # fmt: skip
def test_the_labels_of_what_comes_out(expression: str, labels: set[str]) -> None:
    """By Prometheus's documentation of each operator and function."""
    assert check(expression, KNOWN).names == labels


@pytest.mark.parametrize(
    ("expression", "says"),
    [
        ("request_total", "no catalogue emits 'request_total' (did you mean 'requests_total'?)"),
        ('requests_total{state="x"}', "requests_total has no label 'state'"),
        ('requests_total{method="GTE"}',
         "requests_total never has method='GTE' (did you mean 'GET'?); allowed: GET, POST, other"),
        ('requests_total{method=~"GET|PUT"}', "never has method='PUT'"),
        ('requests_total{method!="PUT"}', "never has method='PUT'"),
        ("sum by (species) (requests_total)", "what sum adds up has no label 'species'"),
        ("sum by (status) (sum by (method) (requests_total))", "no label 'status'"),
        ("sum without (species) (requests_total)", "no label 'species'"),
        ("rate(requests_total)", "expected type matrix"),
        ("sum(requests_total[5m])", "expected type vector"),
        ("sum(requests_total", "is no PromQL"),
        ('{method="GET"}', "a selector must name its series"),
        ("histogram_quantile(0.95, rate(took_seconds_count[5m]))", "no label 'le'"),
        ("histogram_quantile(0.95, sum by (method) (rate(took_seconds_bucket[5m])))",
         "what histogram_quantile reads has no label 'le'"),
        ("sum by (method) (served_total) / sum(requests_total)",
         "the sides of / never match: one alone has method"),
        ("requests_total / served_total", "one alone has status"),
        ("served_total / on (status) requests_total", "the left side of / has no label 'status'"),
        ("topk(scalar(sum(no_total)), served_total)", "no catalogue emits 'no_total'"),
        ("requests_total / on (method) group_left (kind) sum by (method) (served_total)",
         "the one side of the group has no label 'kind'"),
        ("requests_total or on (kind) served_total", "the left side of or has no label 'kind'"),
        ('label_replace(served_total, "view", "$1", "endpoint", "(.*)")',
         "what label_replace reads has no label 'endpoint'"),
        ("sum by (instance) (absent(served_total))", "no label 'instance'"),
        ("no_total + none_total", "no catalogue emits 'no_total'"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named(expression: str, says: str) -> None:
    """With the name that was meant, and with what there is."""
    assert says in said(expression, KNOWN)


def test_each_problem_is_said_once() -> None:
    """All of them together: one after the other would be a build each."""
    assert said("xyz / (xyz > 0) + abc", KNOWN).splitlines() == [
        "no catalogue emits 'xyz'",
        "no catalogue emits 'abc'",
    ]


def test_names() -> None:
    """Every series that is read, whatever stands around it."""
    assert names("sum(rate(a_total[5m] anchored)) / on () (b > 0) or vector(0)") == {"a_total", "b"}
