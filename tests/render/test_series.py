"""What Prometheus says itself may be asked for: alerts, resources, targets."""

import pytest

from labotel.catalogs import own
from labotel.events.who import WHO
from labotel.render import declared, series
from labotel.render.labels import Labels
from labotel.render.promql import Problems, check

KNOWN = series.of(declared.of([own.catalog]))


@pytest.mark.parametrize(
    ("expression", "labels"),
    [
        # An alert has its own labels, those of its rule, and those of its expression.
        ('ALERTS{alertstate="firing",severity="critical",service_name="web"}',
         Labels(frozenset({"alertname", "alertstate", "severity"}), open=True)),
        ("sum by (alertname, queue) (ALERTS)", Labels(frozenset({"alertname", "queue"}))),
        ("time() - ALERTS_FOR_STATE", Labels(frozenset({"alertname", "severity"}), open=True)),
        # A resource may say anything.
        ("count by (service_name, service_version, host_name) (target_info)",
         Labels(frozenset({"service_name", "service_version", "host_name"}))),
        ("labotel_exported_total * on (job, instance) group_left (service_version) target_info",
         None),
        ("sum without (instance) (target_info)",
         Labels(WHO - {"instance"} | {"service_version"}, open=True)),
        ("labotel_exported_total and target_info", None),
        ('up{job="node",rack="3"} == 0', Labels(frozenset({"job", "instance"}), open=True)),
        ("rate(scrape_series_added[5m])", Labels(frozenset({"job", "instance"}), open=True)),
    ],
)  # fmt: skip
def test_what_prometheus_says(expression: str, labels: Labels | None) -> None:
    """With the labels that are known, and any others."""
    found = check(expression, KNOWN)
    assert labels is None or (found.names, found.open) == (labels.names, labels.open)


@pytest.mark.parametrize(
    ("expression", "says"),
    [
        ('ALERTS{alertstate="fired"}', "never has alertstate='fired'; allowed: firing, pending"),
        ("sum by (rack) (sum by (job) (up))", "what sum adds up has no label 'rack'"),
        ("target_infos", "no catalogue emits 'target_infos' (did you mean 'target_info'?)"),
        ("labotel_exported_total * on (rack) group_left () target_info",
         "the left side of * has no label 'rack'"),
    ],
)  # fmt: skip
def test_what_it_never_says(expression: str, says: str) -> None:
    """A state that is none, and a label that is added up before."""
    with pytest.raises(Problems) as caught:
        check(expression, KNOWN)
    assert says in str(caught.value)
