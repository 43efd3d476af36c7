"""Objectives as multi-window, multi-burn-rate alerts.

Windows, factors and severities are those of Google's *Site Reliability Workbook*, chapter 5
("Alerting on SLOs", 6: Multiwindow, Multi-Burn-Rate Alerts): an alert fires where a long window has
spent its part of the error budget, and a short one shows that it still goes on.
"""

from collections.abc import Iterable, Iterator
from typing import Final, Literal, NamedTuple

from labotel.events.catalog import Objective
from labotel.render.expressions import share
from labotel.render.rule import Rule

ERRORS: Final = "slo:errors:ratio"
"""The share of bad ones over a window, 0 to 1: `slo:errors:ratio5m{slo="…"}`."""
BUDGET: Final = "slo:budget:remaining"
"""What is left of the error budget of the objective's window: 1 all of it, below 0 none."""
RUNBOOK: Final = "ErrorBudget.md"
"""One page for the alerts of all objectives."""
_HOURS: Final = {"m": 1 / 60, "h": 1.0, "d": 24.0, "w": 168.0}


class Burn(NamedTuple):
    """An alert's pair of windows: after `long` so much `budget` (0 to 1) is spent."""

    long: str
    short: str
    budget: float
    severity: Literal["critical", "warning"]


BURNS: Final = (
    Burn("1h", "5m", 0.02, "critical"),
    Burn("6h", "30m", 0.05, "critical"),
    Burn("1d", "2h", 0.1, "warning"),
    Burn("3d", "6h", 0.1, "warning"),
)


LONG: Final = 24.0
"""From so many hours on a window is long."""
LONG_INTERVAL: Final = "2m"
"""How often shares over long windows are recorded.

Two minutes change a day's share by less than 0.2 %, and each evaluation reads all of its days: at
Prometheus's usual 15 s that is eight times the work. It is no longer, as a point is found for five
minutes: one evaluation that is missed leaves no gap, which would let an alert begin anew.
"""


def hours(window: str) -> float:
    """Return a window in hours."""
    return int(window[:-1]) * _HOURS[window[-1]]


def records(objective: Objective) -> Iterator[Rule]:
    """Give the recording rules of short windows: the share of errors over each."""
    return (_share(objective, window) for window in _windows(objective) if hours(window) < LONG)


def long_records(objective: Objective) -> Iterator[Rule]:
    """Give those of long windows, and what budget is left."""
    for window in _windows(objective):
        if hours(window) >= LONG:
            yield _share(objective, window)
    labels = {"slo": objective.name}
    allowed = 1 - objective.target
    left = f'1 - {ERRORS}{objective.window}{{slo="{objective.name}"}} / {allowed:.6g}'
    yield Rule(BUDGET, left, labels=labels)


def _windows(objective: Objective) -> Iterable[str]:
    each = (window for burn in BURNS for window in (burn.short, burn.long))
    return dict.fromkeys((*each, objective.window))


def _share(objective: Objective, window: str) -> Rule:
    good = share(objective.good, objective.total, window)
    return Rule(f"{ERRORS}{window}", f"1 - (\n{good}\n)", labels={"slo": objective.name})


def alerts(objective: Objective, runbooks: str) -> Iterator[Rule]:
    """Give an alert of each severity."""
    period = hours(objective.window)
    title = "".join(word.capitalize() for word in objective.name.split("_"))
    for severity in ("critical", "warning"):
        ways = [_burning(objective, burn, period) for burn in BURNS if burn.severity == severity]
        ways = [way for way in ways if way]
        if not ways:
            continue
        speed = "fast" if severity == "critical" else "slowly"
        yield Rule(
            f"{title}BudgetBurns{'Fast' if severity == 'critical' else 'Slowly'}",
            "\nor\n".join(ways),
            for_="2m" if severity == "critical" else "15m",
            labels={"severity": severity, "slo": objective.name},
            annotations={
                "summary": f"{{{{ $labels.service_name }}}}: the error budget of "
                f"{objective.name} burns {speed}, {{{{ $value | humanizePercentage }}}} are bad",
                "runbook_url": f"{runbooks}/{RUNBOOK}",
                "description": f"The objective is {objective.target:.6g} over {objective.window}.",
            },
        )


def _burning(objective: Objective, burn: Burn, period: float) -> str:
    """Return when a pair of windows shows that the budget burns; "" where no share of errors can.

    At a rate of 1 the budget lasts just as long as its window: below that nothing burns.
    """
    factor = max(1.0, burn.budget * period / hours(burn.long))
    limit = factor * (1 - objective.target)
    if limit >= 1:
        return ""
    long, short = (
        f'{ERRORS}{window}{{slo="{objective.name}"}} > {limit:.6g}'
        for window in (burn.long, burn.short)
    )
    return f"({long} and {short})"
