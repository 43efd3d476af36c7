"""What is drawn and ruled is judged where it is declared, in a sentence that names it."""

from collections.abc import Callable
from typing import Any

import pytest

from labotel import Alert, Catalog, DeclarationError, Ratio
from labotel.events.panels import Dashboard, Panel, Query, Row, logs

A: Any = Panel  # mypy would refuse what is tried here: so below, where an ignore stands


@pytest.mark.parametrize(
    ("declare", "says"),
    [
        (lambda: Query(None), "Query(None): expression=None; allowed: a text"),  # type: ignore[arg-type]
        (lambda: Query("up", 5), "legend=5; allowed: a text"),  # type: ignore[arg-type]
        (lambda: Query("up", source="mysql"), "source='mysql'; allowed: prometheus, loki, tempo"),  # type: ignore[arg-type]
        (lambda: logs(b"{}"), "expression=b'{}'"),  # type: ignore[arg-type]
        (lambda: A("p", 5), "Query(5): expression=5"),
        (lambda: A("p", ["up", None]), "Query(None): expression=None"),
        (lambda: A("p", ()), "panel 'p': it asks nothing"),
        (lambda: A(None, "up"), "panel None: title=None; allowed: a text"),
        (lambda: A("p", "up", unit=5), "panel 'p': unit=5; allowed: a text"),
        (lambda: A("p", "up", description="\ud800"), "description='\\ud800'; allowed: a text that"),
        (lambda: A("p", "up", width="8"), "panel 'p': width='8'; allowed: 1 to 24"),
        (lambda: A("p", "up", height=0), "panel 'p': height=0; allowed: 1 to 100"),
        (lambda: A("p", "up", thresholds=[5]), "the threshold 5; allowed: as in (90, 'red')"),
        (lambda: A("p", "up", thresholds=[("5", "red")]), "the threshold '5'; allowed: a number"),
        (lambda: A("p", "up", thresholds=[(float("nan"), "red")]), "the threshold nan"),
        (lambda: A("p", "up", thresholds=[(5, "pink")]), "is 'pink'; allowed: green, yellow"),
        (lambda: Row(5), "Row(5): title=5"),  # type: ignore[arg-type]
        (lambda: Dashboard("d", [5]), "dashboard 'd': 5 is no part of it; allowed: Panel, Row"),  # type: ignore[list-item]
        (lambda: Dashboard("d", [], 5), "dashboard 'd': description=5"),  # type: ignore[arg-type]
        (lambda: Catalog("c", dashboards=[5]), "Catalog('c'): dashboards: 5 is no Dashboard"),  # type: ignore[list-item]
        (lambda: Catalog("c", alerts=["A"]), "Catalog('c'): alerts: 'A' is no Alert"),  # type: ignore[list-item]
        (lambda: Catalog("c", ratios=[None]), "ratios: None is no Ratio"),  # type: ignore[list-item]
        (lambda: Alert("A", "up", "warning", None), "A: summary=None; allowed: a text"),  # type: ignore[arg-type]
        (lambda: Alert("A", "up", "warning", "x", runbook=5), "A: runbook=5"),  # type: ignore[arg-type]
        (lambda: Alert("A", "up\ud800", "warning", "x"), "A: expression='up\\ud800'"),
        (lambda: Ratio("r", "a", "b", by=(5,)), "r: by[0]=5"),  # type: ignore[arg-type]
    ],
)  # fmt: skip
def test_what_cannot_be_drawn(declare: Callable[[], object], says: str) -> None:
    """It would be an error of another's, far from here."""
    with pytest.raises(DeclarationError) as caught:
        declare()
    assert says in str(caught.value)


def test_what_can() -> None:
    """One query or several, of any iterable, and numbers of either kind."""
    assert A("p", "up").asked == (Query("up"),)
    assert A("p", Query("up", "x")).asked == (Query("up", "x"),)
    assert A("p", (one for one in ("a", Query("b")))).asked == (Query("a"), Query("b"))
    assert A("p", "up", thresholds=((1, "red"), (1.5, "green"))).width == 8
