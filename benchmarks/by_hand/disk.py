"""A file for each request, by hand: `python -m benchmarks.by_hand.disk`."""

import os
from pathlib import Path

from benchmarks.measured import Run, measure
from benchmarks.workload.disk import BODY, REQUESTS

if __name__ == "__main__":
    here = Path(os.environ["LABOTEL_RUNTIME_DIR"])

    def work(begin: int, end: int) -> None:
        """Write, read and remove a file for each."""
        for number in range(begin, end):
            (here / f"{number}").write_bytes(BODY)
        for number in range(begin, end):
            assert len((here / f"{number}").read_bytes()) == len(BODY)
            (here / f"{number}").unlink()

    measure(Run(REQUESTS), work, lambda: None, lambda: None)
