"""The laboratory's alerts and panels are those of its tables."""

from pathlib import Path

import pytest

from stack.panels import Asked
from systems.application import EXAMPLES
from systems.checks import check_alert, table
from systems.panels import asked, dashboards
from systems.pipeline import Rendered


@pytest.fixture(scope="module")
def rendered(tmp_path_factory: pytest.TempPathFactory) -> Rendered:
    """The rules and dashboards of the laboratory."""
    folder: Path = tmp_path_factory.mktemp("rendered") / "out"
    return Rendered.of(EXAMPLES / "lab", "labotel.catalogs.lab:catalog", folder)


@pytest.mark.parametrize("row", table("alerts", "S1"), ids=lambda row: row["alert"])
def test_an_alert_is_there(row: dict[str, str], rendered: Rendered) -> None:
    """With the table's time and severity; when it fires is seen in `tests/stack`."""
    check_alert(row, rendered)


@pytest.mark.parametrize("row", table("panels", "S1"), ids=lambda row: row["panel"])
def test_a_panel_is_there(row: dict[str, str], rendered: Rendered) -> None:
    """On its dashboard, and with its thresholds; what it shows is seen in `tests/stack`."""
    panels = dashboards(rendered)[row["dashboard"]]["panels"]
    [panel] = [one for one in panels if one["title"].lower() == row["panel"].lower()]
    words = row["thresholds"].split()
    steps = panel.get("fieldConfig", {}).get("defaults", {}).get("thresholds", {}).get("steps", [])
    found = {step["color"]: step["value"] or 0 for step in steps}
    for colour, value in zip(words[::2], words[1::2], strict=True):
        assert found[colour] == float(value)


def test_each_panel_asks(rendered: Rendered) -> None:
    """So that a change of the reader of dashboards does not empty the tests."""
    found: list[Asked] = list(asked(rendered, "Laboratory overview", "Log analysis"))
    assert len(found) >= 12
