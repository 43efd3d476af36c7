"""The rules of one catalogue: its ratios, objectives and alerts; Prometheus's, and Loki's."""

from collections.abc import Iterator, Mapping

from labotel.events.catalog import Absence, Alert, Catalog, Ratio
from labotel.render import absences, logql, objectives, templates
from labotel.render.declared import Said
from labotel.render.expressions import share
from labotel.render.labels import Labels
from labotel.render.promql import Problems, check
from labotel.render.rule import Group, Rule
from labotel.render.series import Series


def groups(catalog: Catalog, runbooks: str) -> list[Group]:
    """Return Prometheus's groups; each runbook stands below the address `runbooks`."""
    return [
        Group(f"{catalog.name}-ratios", [_ratio(ratio) for ratio in catalog.ratios]),
        Group(
            f"{catalog.name}-objectives",
            [rule for one in catalog.objectives for rule in objectives.records(one)],
        ),
        Group(
            f"{catalog.name}-objectives-long",
            [rule for one in catalog.objectives for rule in objectives.long_records(one)],
            interval=objectives.LONG_INTERVAL,
        ),
        Group(
            f"{catalog.name}-alerts",
            [
                # In the alerts' own group: they are evaluated in this order, at one moment.
                *(absences.record(one) for one in catalog.alerts if isinstance(one, Absence)),
                *_alerts(catalog, "prometheus", runbooks),
                *(rule for one in catalog.objectives for rule in objectives.alerts(one, runbooks)),
            ],
        ),
    ]


def of_lines(catalog: Catalog, runbooks: str) -> list[Group]:
    """Return Loki's groups: the alerts that ask lines."""
    return [Group(f"{catalog.name}-alerts", list(_alerts(catalog, "loki", runbooks)))]


def _alerts(catalog: Catalog, source: str, runbooks: str) -> Iterator[Rule]:
    return (_alert(alert, runbooks) for alert in catalog.alerts if alert.source == source)


def _ratio(ratio: Ratio) -> Rule:
    return Rule(ratio.name, share(ratio.part, ratio.whole, ratio.window, ratio.by))


def _alert(alert: Alert, runbooks: str) -> Rule:
    page = alert.runbook or f"{alert.name}.md"
    return Rule(
        alert.name,
        absences.expression(alert) if isinstance(alert, Absence) else alert.asks,
        for_=alert.for_,
        labels={"severity": alert.severity},
        annotations={"summary": alert.summary, "runbook_url": f"{runbooks}/{page}"},
    )


def problems(made: list[Group], known: Mapping[str, Series]) -> Iterator[str]:
    """Give what is wrong with the rules, each line with its rule."""
    for group in made:
        for rule in group.rules:
            kind = "recording rule" if rule.for_ is None else "alert"
            try:
                labels = check(rule.expression, known)
                lines = list(templates.problems(rule, labels, known)) if kind == "alert" else []
            except Problems as found:
                lines = found.lines
            for line in lines:
                yield f"{kind} {rule.name} ({group.name}): {line}"


def problems_of_lines(made: list[Group], events: Mapping[str, Said]) -> Iterator[str]:
    """Give what is wrong with Loki's rules, each line with its rule."""
    for group in made:
        for rule in group.rules:
            lines = [*logql.problems_of_rule(rule.expression, events)]
            lines += templates.problems(rule, Labels(open=True), None)
            for line in lines:
                yield f"alert {rule.name} ({group.name}): {line}"
