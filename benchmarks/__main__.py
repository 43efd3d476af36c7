"""The command: `python -m benchmarks [--only emit] [--runs 5] [--update]`.

Ratios of CPU time, labotel over OpenTelemetry by hand, medians of rounds in which the sides take
turns. A ratio more than 20 % above the committed one fails, and so does a wrong count.
"""

import argparse
import os
import platform
import sys
from collections.abc import Sequence

from benchmarks import baseline, children
from benchmarks.arrived import WrongCount
from benchmarks.cases import CASES, Case
from benchmarks.rounds import Round, measured, rounds
from benchmarks.table import Row, row, table, title


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, print the table, and return the exit code."""
    options = _options(arguments)
    chosen = [case for case in CASES if case.name.startswith(options.only)]
    if not chosen:
        print(f"--only {options.only!r}: no case begins so; there is {_names()}", file=sys.stderr)
        return 2
    print(_machine())
    try:
        with children.receiver() as endpoint:
            results = [(case, _judged(case, options, endpoint)) for case in chosen]
    except (WrongCount, children.RunFailed) as failure:
        print(f"FAILED: {failure}", file=sys.stderr)
        return 1
    return _report(results, options.update)


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--only", default="", help="the beginning of the cases' names")
    parser.add_argument("--runs", type=_positive, default=5, help="runs of each side (5)")
    parser.add_argument("--update", action="store_true", help="commit the ratios that come out")
    return parser.parse_args(arguments)


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError(f"{number}: allowed: 1 or more")
    return number


def _names() -> str:
    return "; ".join(case.name for case in CASES)


def _machine() -> str:
    one, five, _ = os.getloadavg()
    python = f"{platform.python_implementation()} {platform.python_version()}"
    return f"{python}, {os.cpu_count()} cores, load {one:.1f} (1 min), {five:.1f} (5 min)"


def _tell(text: str) -> None:
    print(f"  {text} …", file=sys.stderr, flush=True)


def _judged(case: Case, options: argparse.Namespace, endpoint: str) -> list[Round]:
    """Measure a case; where it fails, again with twice the runs, judged by all of them."""
    made = rounds(case, case.rounds or options.runs, endpoint, _tell)
    failed = [] if options.update else _regressions(case, made)
    if failed:
        print(f"{case.name}: above the committed ratio ({', '.join(failed)}); as other work on "
              f"this machine can cause that, {2 * options.runs} more rounds decide")  # fmt: skip
        made += rounds(case, 2 * options.runs, endpoint, _tell)
    return made


def _regressions(case: Case, made: Sequence[Round]) -> list[str]:
    before = baseline.committed()
    return [
        name
        for figure in case.figures
        if baseline.regressed(
            measured(figure, made), before.get(name := baseline.key(case, figure)), figure.aim
        )
    ]


def _report(results: Sequence[tuple[Case, list[Round]]], update: bool) -> int:
    before = baseline.committed()
    sections: list[tuple[str, list[Row]]] = []
    for case, made in results:
        rows = [row(case, figure, measured(figure, made), before) for figure in case.figures]
        sections.append((title(case, made), rows))
    print(table(sections))
    if update:
        baseline.commit(
            {
                baseline.key(case, figure): measured(figure, made).ratio
                for case, made in results
                for figure in case.figures
            }
        )
        print(f"\nThe ratios are written to benchmarks/{baseline.FILE.name}.")
        return 0
    failed = [name for case, made in results for name in _regressions(case, made)]
    for name in failed:
        print(f"FAILED: {name}: more than 20 % above the committed ratio", file=sys.stderr)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
