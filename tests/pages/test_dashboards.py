"""docs/dashboards.md: what it declares is rendered, and its error is the one that comes."""

from pathlib import Path

from pages.reader import blocks
from running import labotel

PAGE = Path(__file__).parents[2] / "docs" / "dashboards.md"
SOLD = """
from typing import Literal
from labotel import Counter, Event

class Sold(Event, name="shop.sale.sold", instruments=(Counter("sold_total"),)):
    "Something was sold."
    way: Literal["web", "door"]

class Returned(Event, name="shop.sale.returned", instruments=(Counter("returned_total"),)):
    "Something came back."
"""


def test_what_the_page_declares_is_rendered(tmp_path: Path) -> None:
    """Its dashboard, ratio, objective and alerts."""
    [code] = [block.text for block in blocks(PAGE) if block.language == "python"]
    (tmp_path / "shop.py").write_text(SOLD + code)
    done = labotel("render", "shop:catalog", "--out", "out", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    made = {path.name for path in (tmp_path / "out").rglob("*") if path.is_file()}
    assert made >= {"labotel-sales.json", "labotel-shop-sale.json", "shop.yml", "shop.md"}
    assert "TillStuck" in (tmp_path / "out" / "loki" / "rules" / "fake" / "shop.yml").read_text()


def test_a_rename_fails_as_the_page_says(tmp_path: Path) -> None:
    """With the panel and the label that is gone."""
    [code] = [block.text for block in blocks(PAGE) if block.language == "python"]
    (tmp_path / "shop.py").write_text(SOLD.replace("way:", "channel:") + code)
    done = labotel("render", "shop:catalog", "--out", "out", cwd=tmp_path)
    assert done.returncode == 1
    assert "panel 'By way' of 'Sales': what sum adds up has no label 'way'; has: channel" in (
        done.stderr
    )
