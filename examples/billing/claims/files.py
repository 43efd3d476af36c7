"""Files of claims: CSV with the columns payer, patient, amount, denied."""

import csv
import io
from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from typing import NamedTuple

COLUMNS = ("payer", "patient", "amount", "denied")


class WrongFile(ValueError):
    """A file with a line that is no claim; the message says which, and nothing of the patient."""


class Line(NamedTuple):
    """One claim of a file."""

    payer: str
    patient: str
    amount: Decimal
    denied: bool


def read(text: str) -> Iterator[Line]:
    """Give the claims of a file; WrongFile at the first line that is none."""
    rows = csv.DictReader(io.StringIO(text))
    if tuple(rows.fieldnames or ()) != COLUMNS:
        raise WrongFile(f"the first line must be: {','.join(COLUMNS)}")
    for row in rows:
        try:
            amount = Decimal(row["amount"])
        except (InvalidOperation, TypeError):
            raise WrongFile(f"line {rows.line_num}: the amount is no number") from None
        if not row["payer"] or row["denied"] not in ("yes", "no"):
            raise WrongFile(f"line {rows.line_num}: denied must be yes or no, and a payer named")
        yield Line(row["payer"], row["patient"], amount, row["denied"] == "yes")
