"""Ratios, objectives and alerts as rules: what each reads, and when it fires."""

import re

import pytest
import yaml
from hypothesis import example, given
from hypothesis import strategies as st

from labotel import Alert, Catalog, DeclarationError, Objective, Ratio
from labotel.catalogs import http, lab
from labotel.catalogs.builtin import BUILT_IN
from labotel.render.files import RenderError, files
from labotel.render.objectives import BURNS, hours
from labotel.render.rule import Group, Rule, text


def rendered(catalog: Catalog) -> list[dict[str, object]]:
    """Return all rules of one catalogue, as Prometheus reads them."""
    made = files(BUILT_IN, [catalog])
    read = yaml.safe_load(made[f"prometheus/rules/{catalog.name}.yml"])
    return [rule for group in read["groups"] for rule in group["rules"]]


def with_objective(**keywords: object) -> Catalog:
    """Return a catalogue with one objective over requests."""
    given: dict[str, object] = {
        "name": "answers_in_time",
        "good": 'http_request_duration_seconds_bucket{le="0.5"}',
        "total": "http_request_duration_seconds_count",
        "target": 0.99,
    }
    return Catalog("site", objectives=[Objective(**(given | keywords))])  # type: ignore[arg-type]


def test_a_ratio_is_a_rule_of_its_name() -> None:
    """By the service and its own labels; over the window that it says."""
    ratio = Ratio("refusals", 'http_requests_total{status="403"}', "http_requests_total",
                  by=("endpoint",), window="1h")  # fmt: skip
    [rule] = rendered(Catalog("site", ratios=[ratio]))
    by = "job, service_name, service_namespace, deployment_environment_name, endpoint"
    assert rule["record"] == "refusals"
    assert str(rule["expr"]).split("\n") == [
        "(",
        f'  sum by ({by}) (rate(http_requests_total{{status="403"}}[1h]))',
        "  or",
        f"  0 * sum by ({by}) (rate(http_requests_total[1h]))",
        ")",
        "/",
        f"(sum by ({by}) (rate(http_requests_total[1h])) > 0)",
    ]


def test_all_of_the_laboratory_are_rules() -> None:
    """Each ratio that it declares, in its order."""
    recorded = [str(rule["record"]) for rule in rendered(lab.catalog) if "record" in rule]
    assert [name for name in recorded if not name.startswith("slo:")] == [
        ratio.name for ratio in lab.catalog.ratios
    ]


@pytest.mark.parametrize(
    ("window", "factors"),
    [
        ("30d", [14.4, 6, 3, 1]),
        ("4w", [13.44, 5.6, 2.8, 1]),
        ("7d", [3.36, 1.4, 1, 1]),
    ],
)  # fmt: skip
def test_an_alert_fires_at_its_burn_rate(window: str, factors: list[float]) -> None:
    """Site Reliability Workbook, table 5-8, of 30 days: 14.4, 6, 3, 1 times 1 % of errors.

    Another window has the factor that spends the same part of its budget: part * window / long,
    and at least 1: below that the promise is kept.
    """
    rules = [rule for rule in rendered(with_objective(window=window)) if "alert" in rule]
    assert [rule["alert"] for rule in rules] == [
        "AnswersInTimeBudgetBurnsFast", "AnswersInTimeBudgetBurnsSlowly",
    ]  # fmt: skip
    read = [
        re.findall(r'slo:errors:ratio(\w+)\{slo="answers_in_time"\} > ([\d.]+)', str(rule["expr"]))
        for rule in rules
    ]
    expected = [
        (window, pytest.approx(factor * 0.01, rel=1e-4))
        for burn, factor in zip(BURNS, factors, strict=True)
        for window in (burn.long, burn.short)
    ]
    assert [(window, float(limit)) for way in read for window, limit in way] == expected
    assert [rule["labels"]["severity"] for rule in rules] == ["critical", "warning"]  # type: ignore[index]


def test_an_objective_has_its_errors_over_each_window_and_its_budget() -> None:
    """Those that its alerts read, and its own."""
    rules = rendered(with_objective())
    assert [rule["record"] for rule in rules if "record" in rule] == [
        *(f"slo:errors:ratio{window}" for window in
          ("5m", "1h", "30m", "6h", "2h", "1d", "3d", "30d")),
        "slo:budget:remaining",
    ]  # fmt: skip
    assert rules[8]["expr"] == '1 - slo:errors:ratio30d{slo="answers_in_time"} / 0.01'


def test_long_windows_are_recorded_less_often() -> None:
    """From a day on; often enough that a point is found for five minutes, one of two missed."""
    made = files(BUILT_IN, [with_objective()])["prometheus/rules/site.yml"]
    groups = {group["name"]: group for group in yaml.safe_load(made)["groups"]}
    recorded = {
        name: [rule["record"].removeprefix("slo:errors:ratio") for rule in groups[name]["rules"]]
        for name in ("site-objectives", "site-objectives-long")
    }
    assert recorded == {
        "site-objectives": ["5m", "1h", "30m", "6h", "2h"],
        "site-objectives-long": ["1d", "3d", "30d", "slo:budget:remaining"],
    }
    assert "interval" not in groups["site-objectives"] and "interval" not in groups["site-alerts"]
    interval = hours(groups["site-objectives-long"]["interval"])
    assert 2 * interval < hours("5m")


def test_an_alert_says_how_bad_it_is_and_where_its_runbook_stands() -> None:
    """As Prometheus and Alertmanager know it."""
    alert = Alert("Refusals", "sum(http_requests_total) > 1", "warning", "Many refusals", for_="2m")
    [rule] = rendered(Catalog("site", alerts=[alert]))
    assert rule == {
        "alert": "Refusals",
        "expr": "sum(http_requests_total) > 1",
        "for": "2m",
        "labels": {"severity": "warning"},
        "annotations": {"summary": "Many refusals", "runbook_url": "docs/runbooks/Refusals.md"},
    }


def test_what_does_not_fit_is_named_all_at_once() -> None:
    """The alert and the objective, each with what is wrong: a field that was renamed."""
    catalog = Catalog(
        "site",
        alerts=[
            Alert("A", 'sum(http_requests_total{verb="GET"}) > 1', "warning", "a"),
            Alert("B", "sum by (verb) (rate(http_requests_total[5m])) > 1", "warning", "b"),
        ],
        objectives=[Objective("answers", "http_answers_total", "http_requests_total", 0.9)],
    )
    with pytest.raises(RenderError) as caught:
        files([http.catalog], [catalog])
    text = str(caught.value)
    assert "alert A (site-alerts): http_requests_total has no label 'verb'" in text
    assert "alert B (site-alerts): what sum adds up has no label 'verb'" in text
    assert "recording rule slo:errors:ratio5m (site-objectives): no catalogue emits" in text


def test_a_loose_promise_has_no_alert_that_can_never_fire() -> None:
    """Half of all may fail: 14.4 times that is more than all, and three times it; once is not."""
    rules = [rule for rule in rendered(with_objective(target=0.5)) if "alert" in rule]
    assert [rule["alert"] for rule in rules] == ["AnswersInTimeBudgetBurnsSlowly"]
    assert str(rules[0]["expr"]).count(" and ") == 1


@pytest.mark.parametrize("window", ["30m", "24h", "6d"])
def test_a_short_promise_is_refused(window: str) -> None:
    """Its alerts look at three days."""
    with pytest.raises(DeclarationError, match="allowed: 7d or more"):
        Objective("answers", "a_total", "b_total", 0.9, window=window)


def test_a_bucket_that_is_none_is_named() -> None:
    """It would be a series that nobody has: everything bad, for ever."""
    catalog = with_objective(good='http_request_duration_seconds_bucket{le="0.6"}')
    with pytest.raises(RenderError, match=r"never has le='0\.6'"):
        files([http.catalog], [catalog])


def test_two_of_one_name_are_refused() -> None:
    """One would take the other's place: a built-in catalogue's, an alert's, an objective's."""
    twice = Alert("ServiceDown", "sum(http_requests_total) > 1", "warning", "x")
    with pytest.raises(RenderError) as caught:
        files(BUILT_IN, [Catalog("tasks", alerts=[twice]), with_objective(), with_objective()])
    text = str(caught.value)
    for name in ("catalogues are called 'tasks'", "alerts are called 'ServiceDown'",
                 "objectives are called 'answers_in_time'"):  # fmt: skip
        assert f"2 {name}" in text


@pytest.mark.parametrize("window", ["", "30", "1.5d", "0h", "5s", "30 d", 30])
def test_a_window_is_judged_where_it_is_declared(window: object) -> None:
    """With what is allowed."""
    with pytest.raises(DeclarationError, match=r"answers: window=.*allowed: minutes, hours, days"):
        Objective("answers", "a_total", "b_total", 0.9, window=window)  # type: ignore[arg-type]
    with pytest.raises(DeclarationError, match=r"answers: window=.*allowed: minutes, hours, days"):
        Ratio("answers", "a_total", "b_total", window=window)  # type: ignore[arg-type]


@pytest.mark.parametrize("target", [0, 1, 99, -0.5, float("nan"), "0.9", True])
def test_a_target_is_judged_where_it_is_declared(target: object) -> None:
    """A promise of everything has no budget to burn."""
    with pytest.raises(DeclarationError, match=r"answers: target=.*allowed: between 0 and 1"):
        Objective("answers", "a_total", "b_total", target)  # type: ignore[arg-type]


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=20))
@example("\x85")
@example("a\u2028 b\n")
def test_any_text_is_read_as_it_was_written(summary: str) -> None:
    """Also the ends of lines that Unicode has besides, and what YAML would take for its own."""
    rule = Rule("A", "up", for_="5m", annotations={"summary": summary})
    [group] = yaml.safe_load(text([Group("g", [rule])]))["groups"]
    assert group["rules"][0]["annotations"] == {"summary": summary}
