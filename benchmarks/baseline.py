"""The committed ratios, and what a new one means beside them."""

import json
from pathlib import Path
from typing import Final

from benchmarks.cases import Case, Figure
from benchmarks.rounds import Measured

FILE: Final = Path(__file__).with_name("baseline.json")
MARGIN: Final = 1.2
"""A ratio so many times the committed one is a regression."""


def key(case: Case, figure: Figure) -> str:
    """Return the name under which a ratio is committed."""
    return f"{case.name}: {figure.name}"


def committed() -> dict[str, float]:
    """Return the committed ratios; none where there is no file yet."""
    if not FILE.exists():
        return {}
    read: dict[str, float] = json.loads(FILE.read_text())
    return read


def commit(ratios: dict[str, float]) -> None:
    """Write these ratios over the committed ones; others stay."""
    merged = {**committed(), **{name: round(ratio, 3) for name, ratio in ratios.items()}}
    FILE.write_text(json.dumps(merged, indent=2, ensure_ascii=False) + "\n")


def regressed(found: Measured, before: float | None, aim: float | None) -> bool:
    """Tell whether a figure is more than the margin above the committed one.

    A difference, and a ratio whose spread is known, must be within their aim itself.
    """
    if aim is not None and (found.difference or found.spread):
        return found.ratio > max(aim, found.spread)
    return before is not None and found.ratio > before * MARGIN


def verdict(found: Measured, before: float | None, aim: float | None) -> str:
    """Return the word for a figure: a regression, else whether it is within its aim."""
    if regressed(found, before, aim):
        if found.difference or found.spread:
            return "FAILS: above the aim"
        return f"FAILS: {found.ratio / (before or found.ratio) - 1:+.0%} against the committed"
    beyond = "" if aim is None or found.ratio <= max(aim, found.spread) else ", above the aim"
    spread = f", two equal sides: {found.spread:.2f}" if found.spread else ""
    return f"{'ok' if before is not None else 'new'}{beyond}{spread}"
