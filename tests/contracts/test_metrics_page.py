"""docs/metrics.md lists what labotel says by itself, with its kind and its labels."""

from pathlib import Path

from labotel.catalogs.builtin import BUILT_IN
from labotel.catalogs.own import SELF

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
        m.instrument.name: (m.instrument.kind, m.by or ("",))
        for catalog in BUILT_IN
        for event in catalog.events
        for m in event._plan.measures
    }
    declared |= {
        gauge.name: (f"gauge, by {gauge.scope}", tuple(gauge.by) or ("",))
        for catalog in BUILT_IN
        for gauge in catalog.gauges
    }
    for name, own in SELF.items():
        where = " and host" if name == "labotel_disk_queue_bytes" else ""
        scope = f", by {'service' if where else 'process'}{where}"
        declared[name] = (own.kind + (scope if own.kind == "gauge" else ""), own.labels or ("",))
    shown = {name: (kind, tuple(map(str.strip, by))) for name, (kind, by) in rows().items()}
    assert shown == declared
