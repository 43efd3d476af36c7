"""The results as a table on the terminal."""

from collections.abc import Sequence
from typing import Final

from benchmarks.baseline import key, verdict
from benchmarks.cases import Case, Figure
from benchmarks.rounds import Measured, Round

HEAD: Final = ("", "labotel", "against", "ratio", "min to max", "committed", "aim", "")
Row = tuple[str, ...]


def row(case: Case, figure: Figure, found: Measured, before: dict[str, float]) -> Row:
    """Return one figure's line."""
    scale = {"ms": 1e3, "Mi": 1.0}.get(case.unit[:2], 1e6)
    known = before.get(key(case, figure))
    return (
        f"  {figure.name}",
        f"{found.ours * scale:.1f}",
        f"{found.hand * scale:.1f}",
        f"{found.ratio:.3f}",
        f"{min(found.ratios):.2f} to {max(found.ratios):.2f}",
        "-" if known is None else f"{known:.3f}",
        "-" if figure.aim is None else f"{figure.aim:.2f}",
        verdict(found, known, figure.aim),
    )


def table(sections: Sequence[tuple[str, Sequence[Row]]]) -> str:
    """Return all sections with their columns aligned."""
    everything = [HEAD, *(each for _, rows in sections for each in rows)]
    widths = [max(len(each[i]) for each in everything) for i in range(len(HEAD))]
    lines = [_line(HEAD, widths)]
    for title, rows in sections:
        lines += ["", title, *(_line(each, widths) for each in rows)]
    return "\n".join(lines)


def _line(cells: Row, widths: Sequence[int]) -> str:
    first, *middle, last = zip(cells, widths, strict=True)
    numbers = [text.rjust(width) for text, width in middle]
    return "  ".join([first[0].ljust(first[1]), *numbers, last[0]]).rstrip()


def title(case: Case, made: Sequence[Round]) -> str:
    """Return what stands above a case's lines."""
    counts = sum(len(run.expected) for each in made for run in each.values())
    checked = f"; {counts} counts right at the receiver" if counts else ""
    return f"{case.name} ({case.unit}, {_rounds(len(made))}{checked})"


def _rounds(number: int) -> str:
    return "1 round" if number == 1 else f"{number} rounds"
