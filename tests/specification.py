"""The committed copy of the specification's table of metrics."""

import csv
from pathlib import Path

TABLE = Path(__file__).parent / "tables" / "metrics.csv"


def rows(system: str | None = None) -> list[dict[str, str]]:
    """The rows of one system, or of all."""
    with TABLE.open(newline="") as file:
        return [row for row in csv.DictReader(file) if system in (None, row["system"])]


def names(cell: str) -> list[str]:
    """The names in one cell of a row."""
    return [name for name in cell.split(";") if name]
