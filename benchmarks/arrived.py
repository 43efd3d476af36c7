"""What the receiver counted, against what a run must have sent."""

import json
import urllib.request
from typing import Any
from urllib.parse import urlencode

from benchmarks.measured import Run


class WrongCount(Exception):
    """Something was lost or came twice: the figures of that run mean nothing."""


def clear(endpoint: str) -> None:
    """Let the receiver forget everything."""
    urllib.request.urlopen(f"{endpoint}/clear", data=b"", timeout=60).close()


def check(run: Run, endpoint: str, who: str) -> int:
    """Return how many counts were right; raise WrongCount where one is not."""
    stats = _ask(f"{endpoint}/stats")
    wrong = []
    for name, expected in run.expected.items():
        found = stats.get(name)
        if found is None:
            found = _ask(f"{endpoint}/totals?{urlencode({'metric': name})}")
        if found != expected:
            wrong.append(f"{name} is {found}, should be {expected}")
    if any(stats["refused"].values()):
        wrong.append(f"refused requests: {stats['refused']}")
    if wrong:
        raise WrongCount(f"{who}: {'; '.join(wrong)}")
    return len(run.expected)


def _ask(url: str) -> Any:
    with urllib.request.urlopen(url, timeout=60) as answer:
        return json.load(answer)
