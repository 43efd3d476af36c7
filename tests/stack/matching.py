"""Series of which some are several, and what promtool answers where these are all there is."""

import json
import re
import subprocess
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from engines import binary
from labotel.render.series import Series

LABELS = frozenset({"job", "method"})
BOUNDS = ("1", "2", "+Inf")
KNOWN = {
    series.name: series
    for series in (
        Series("took_bucket", "histogram", LABELS | {"le"}, {"le": frozenset(BOUNDS)}),
        Series("tried_bucket", "histogram", LABELS | {"le"}, {"le": frozenset(BOUNDS)}),
        Series("served", "counter", LABELS, {"method": frozenset({"GET", "POST"})}),
        Series("limit", "gauge", LABELS | {"le"}),
        Series("ready", "gauge", frozenset({"job"})),
    )
}
DATA = {
    **{f'{name}_bucket{{job="a",method="GET",le="{le}"}}': "5x10"
       for name in ("took", "tried") for le in BOUNDS},
    'served{job="a",method="GET"}': "5x10", 'ready{job="a"}': "5x10",
    'limit{job="a",method="GET",le="2"}': "5x10",
}  # fmt: skip


@dataclass(frozen=True)
class Answer:
    """What came: an error, nothing, or series with these labels."""

    error: str = ""
    empty: bool = True
    labels: frozenset[str] = frozenset()


def answers(
    expressions: Iterable[str], folder: Path, data: Mapping[str, str] = DATA
) -> dict[str, Answer]:
    """Return what promtool's test of rules says of each expression, over these series."""
    wanted = list(dict.fromkeys(expressions))
    never = [{"labels": '{never="there"}', "value": 0}]
    test = {
        "interval": "1m",
        "input_series": [{"series": s, "values": v} for s, v in data.items()],
        "promql_expr_test": [
            {"expr": e, "eval_time": "5m", "exp_samples": never} for e in wanted
        ],
    }  # fmt: skip
    file = folder / "test.yml"
    file.write_text(json.dumps({"tests": [test]}))
    command = [binary("promtool"), "test", "rules", str(file)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    found = re.findall(
        r'expr: (".*"), time: 5m,(?: err: (.*)|\s+exp: .*\s+got: (.*))', done.stdout + done.stderr
    )
    made = {json.loads(text): _answer(error, got) for text, error, got in found}
    assert made.keys() == set(wanted), done.stdout + done.stderr
    return made


def _answer(error: str, got: str) -> Answer:
    if error or got == "nil":
        return Answer(error)
    names = re.findall(r'(\w+)="', " ".join(re.findall(r"\{.*?\}", got)))
    return Answer(empty=False, labels=frozenset(names) - {"__name__"})
