"""docs/settings.md lists what there is."""

from pathlib import Path

from labotel.export.settable import SETTINGS

PAGE = Path(__file__).parents[2] / "docs" / "settings.md"


def test_every_setting_has_a_row_with_its_variables() -> None:
    """A setting that is not on the page does not exist for people."""
    rows = [line for line in PAGE.read_text().splitlines() if line.startswith("| `")]
    by_name = {row.split("`")[1]: row for row in rows}
    assert set(by_name) == set(SETTINGS)
    for name, setting in SETTINGS.items():
        assert [v for v in setting.env if f"`{v}`" not in by_name[name]] == []
