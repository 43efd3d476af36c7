"""Exports: each number a row, nothing of them a formula, nothing that JSON has no word for."""

import csv
import io
import json
from decimal import Decimal
from math import inf, nan

import pytest

from labotel.pages.values import COLUMNS, as_json, csv_text, json_text, safe
from labotel.signals.cells import Meter, Metric


def meter(value: object = 3, label: str = "small") -> Meter:
    """Return one counter and one histogram."""
    made = Meter()
    orders = made.get("orders_total", Metric("orders_total", "counter", ("size",)))
    orders.add((label,), 0).value = value
    took = made.get("took_seconds", Metric("took_seconds", "histogram", (), "s", bounds=(0.1, 1.0)))
    cell = took.add((), 0)
    cell.counts, cell.sum, cell.count = [2, 3, 1], 4.5, 6
    return made


def test_a_row_for_each_number() -> None:
    """A histogram's buckets add up, as Prometheus's do."""
    rows = list(csv.reader(io.StringIO(csv_text(meter()))))
    assert rows == [
        list(COLUMNS),
        ["orders_total", "counter", "", 'size="small"', "value", "3"],
        ["took_seconds", "histogram", "s", "", "le=0.1", "2"],
        ["took_seconds", "histogram", "s", "", "le=1", "5"],
        ["took_seconds", "histogram", "s", "", "le=+Inf", "6"],
        ["took_seconds", "histogram", "s", "", "sum", "4.5"],
        ["took_seconds", "histogram", "s", "", "count", "6"],
    ]


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n"])
def test_no_cell_is_a_formula(start: str) -> None:
    """OWASP's list: what a spreadsheet would run stands behind an apostrophe."""
    assert safe(f"{start}cmd|' /C calc'!A0") == f"'{start}cmd|' /C calc'!A0"
    rows = list(csv.reader(io.StringIO(csv_text(meter(label=f'{start}1,"x')))))
    assert not any(cell.startswith(start) for row in rows for cell in row)
    assert {len(row) for row in rows} == {len(COLUMNS)}


@pytest.mark.parametrize(("value", "shown"), [(nan, "nan"), (inf, "inf"), (Decimal("1.5"), 1.5)])
def test_json_is_json(value: object, shown: object) -> None:
    """What JSON has no number for is a word."""

    def refuse(word: str) -> None:
        raise AssertionError(word)

    said = json.loads(json_text(meter(value), "shop"), parse_constant=refuse)
    assert said["service"] == "shop"
    assert said["metrics"][0]["series"] == [{"labels": {"size": "small"}, "value": shown}]
    assert as_json(meter())[1]["series"][0]["buckets"] == {"0.1": 2, "1": 5, "+Inf": 6}
