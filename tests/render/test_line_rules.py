"""Alerts over lines are Loki's rules: in its folder and form, and judged before it reads them."""

import pytest
import yaml

from labotel import Alert, Catalog, DeclarationError
from labotel.catalogs import lab
from labotel.catalogs.builtin import BUILT_IN
from labotel.events.panels import Query, logs, traces
from labotel.render.files import RenderError, files

CREATED = '{service_name=~".+"} | event_name="lab.protocol.created" | json'


def many(by: str) -> str:
    """Return LogQL that counts protocols."""
    return f"sum by ({by}) (count_over_time({CREATED} [5m])) > 20"


def ruled(*alerts: Alert) -> dict[str, str]:
    """Return the files of a catalogue with these alerts."""
    return files(BUILT_IN, [lab.catalog, Catalog("site", alerts=alerts)])


def test_an_alert_over_lines_is_lokis() -> None:
    """Below the tenant of a Loki without tenants, in Prometheus's form; not beside its own."""
    asked = many("service_name, species")
    made = ruled(
        Alert("Many", logs(asked), "critical", "Many of {{ $labels.species }}", for_="2m"),
        Alert("Down", "sum(http_requests_total) < 1", "warning", "Few"),
        Alert("Same", Query("sum(http_requests_total) < 2"), "warning", "Few", runbook="Down.md"),
    )
    [group] = yaml.safe_load(made["loki/rules/fake/site.yml"])["groups"]
    assert group == {
        "name": "site-alerts",
        "rules": [{
            "alert": "Many",
            "expr": asked,
            "for": "2m",
            "labels": {"severity": "critical"},
            "annotations": {
                "summary": "Many of {{ $labels.species }}",
                "runbook_url": "docs/runbooks/Many.md",
            },
        }],
    }  # fmt: skip
    [group] = yaml.safe_load(made["prometheus/rules/site.yml"])["groups"]
    assert [rule["alert"] for rule in group["rules"]] == ["Down", "Same"]
    assert "| Many | critical | 2m |" in made["reference/site.md"]


def test_a_catalogue_without_such_has_no_file() -> None:
    """Loki takes an empty one; nobody needs it."""
    assert "loki/rules/fake/site.yml" not in ruled(Alert("Down", "vector(1)", "warning", "x"))


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        (many("specie"), "lab.protocol.created has no field 'specie' (did you mean"),
        (many("species").replace("created", "made"),
         "no catalogue declares the event 'lab.protocol.made'"),
        ('{job="syslog"} |= "panic"', "it selects lines and counts none"),
        ('{job="syslog"} |= "count_over_time("', "it selects lines and counts none"),
        ('sum(count_over_time({job="a"} [$__range])) > 0', "$__range is a variable of Grafana's"),
        ('sum(rate({job="a"} [${__interval}])) > 0', "${__interval} is a variable"),
        (many("species").replace('"lab.protocol.created"', "`lab.protocol.made`"),
         "no catalogue declares the event 'lab.protocol.made'"),
        ('sum(count_over_time({job="a"} |= ")" [5m]) > 0', "it has a '(' that nothing closes"),
        ('sum(count_over_time({job="a"}) [5m])) > 0', "it has a ')' that closes nothing"),
    ],
)  # fmt: skip
def test_what_loki_would_not_take_or_never_find_is_named(asked: str, says: str) -> None:
    """With the alert: one rule that it cannot read costs Loki all rules of the folder."""
    with pytest.raises(RenderError) as caught:
        ruled(Alert("Many", logs(asked), "warning", "x"))
    assert "alert Many (site-alerts): " in str(caught.value) and says in str(caught.value)


@pytest.mark.parametrize(
    "asked",
    [
        'sum(count_over_time({job="a"} |~ "cost[$]x$" [5m])) > 0',
        'sum(rate({job="a"} |= `$name` | label_format b="{{ $c }}" [5m])) > 0',
        'absent_over_time({job="a"}[1h])', 'avg_over_time({job="a"} | unwrap took [5m]) > 1',
        many("hour").replace("| json", '| json | label_format hour="{{ __timestamp__ }}"'),
        many("x").replace("| json", '| json x="species"'),
        many("x").replace("| json", "| regexp `(?P<x>a+)`"),
        f'sum by (host_name) (count_over_time({{job="a"}}[5m])) or {many("species")}',
        many("species").replace("| json", '|= "by (nobody)" |= `event_name="zzz"` | json'),
        many("species # by (nobody)\n"),
        'bytes_rate({job="a"}[5m]) > 1e6', 'quantile_over_time(0.9, {job="a"} | unwrap x [5m]) > 1',
    ],
)  # fmt: skip
def test_what_loki_takes_passes(asked: str) -> None:
    """A dollar in a text is none of Grafana's; each way to count is one."""
    made = ruled(Alert("Many", logs(asked), "warning", "x"))["loki/rules/fake/site.yml"]
    assert yaml.safe_load(made)["groups"][0]["rules"][0]["expr"] == asked


def test_what_such_an_alert_says_is_judged() -> None:
    """Loki reads the templates as Prometheus does: one that is none costs it the folder."""
    says = "{{ $value | humanise }}"
    with pytest.raises(RenderError, match="no function 'humanise'"):
        ruled(Alert("Many", logs(many("species")), "warning", says))
    asked = '{{ with query "count_over_time({job=`a`}[5m])" }}{{ . | first | value }}{{ end }}'
    ruled(Alert("Many", logs(many("species")), "warning", asked))


@pytest.mark.parametrize("asked", [traces("{ duration > 1s }"), None, 5, {}])
def test_what_nobody_evaluates_is_refused(asked: object) -> None:
    """Tempo has no alerts; with what is allowed."""
    with pytest.raises(DeclarationError, match=r"Slow: expression=.*; allowed: PromQL, or logs\("):
        Alert("Slow", asked, "warning", "x")  # type: ignore[arg-type]


def test_two_of_one_name_are_refused() -> None:
    """One of Prometheus's and one of Loki's: their pages and their silences would be one."""
    asked = logs(many("species"))
    with pytest.raises(RenderError, match="2 alerts are called 'Many'"):
        ruled(Alert("Many", asked, "warning", "x"), Alert("Many", "vector(1)", "warning", "x"))


def test_the_pages_example_is_one() -> None:
    """A comparison is none of the words that are judged."""
    example = 'sum by (host_name) (count_over_time({job="syslog"} |= "panic" [5m])) > 0'
    assert example in (Alert.__doc__ or "")
    assert "Panicked" in ruled(Alert("Panicked", logs(example), "critical", "x"))[
        "loki/rules/fake/site.yml"
    ]  # fmt: skip
