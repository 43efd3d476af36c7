"""docs/metrics.md lists what labotel says by itself, with its kind and its labels."""

from pathlib import Path

from labotel.assembly import BUILT_IN
from labotel.signals.tally import SELF

PAGE = (Path(__file__).parents[2] / "docs" / "metrics.md").read_text()


def rows() -> dict[str, tuple[str, tuple[str, ...]]]:
    """The page's table: each metric's kind and labels."""
    cells = [line.split("|") for line in PAGE.splitlines() if line.startswith("| `")]
    return {
        name.strip().strip("`"): (kind.strip(), tuple(labels.replace("`", "").split(",")))
        for _, name, kind, labels, *_ in cells
    }


def test_every_built_in_metric_has_a_row_and_no_other() -> None:
    """By its exact name, kind and labels."""
    declared = {
        m.instrument.name: (m.instrument.kind, m.by)
        for catalog in BUILT_IN
        for event in catalog.events
        for m in event._plan.measures
    }
    declared |= {
        gauge.name: (f"gauge, by {gauge.scope}", tuple(gauge.by))
        for catalog in BUILT_IN
        for gauge in catalog.gauges
    }
    shown = {name: (kind, tuple(map(str.strip, by))) for name, (kind, by) in rows().items()}
    assert shown == declared


def test_labotels_own_metrics_are_named() -> None:
    """Whoever sees one can look it up."""
    assert [name for name in SELF if f"`{name}`" not in PAGE] == []
