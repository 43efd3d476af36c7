"""How long each request takes: `python -m benchmarks.with_labotel.latency well|dead|hanging`.

By the wall clock, with whatever labotel's threads do meanwhile.
"""

import json
import sys
import time
from dataclasses import asdict

import labotel
from benchmarks.measured import Run
from benchmarks.pace import pace
from benchmarks.with_labotel.away import send_to
from benchmarks.with_labotel.declared import catalog
from benchmarks.with_labotel.emit import say
from benchmarks.workload import requesting
from benchmarks.workload.completed import Completed

REQUESTS = 6_000
EACH = 150
"""So many requests are made between two looks at the pace."""

if __name__ == "__main__":
    requesting.set_up_django()
    send_to(sys.argv[1])
    labotel.configure(catalogs=[catalog], strict=False)
    handler = requesting.prepare(say, Completed)
    requesting.requesting(handler, requesting.WARM)
    took, paces = [], []
    for number in range(REQUESTS):
        began = time.perf_counter()
        requesting.requesting(handler, 1)
        took.append(time.perf_counter() - began)
        if number % EACH == 0:
            paces.append(pace())
    labotel.shutdown(1)
    took.sort()
    made = Run(REQUESTS, pace=sum(paces) / len(paces), p99=took[int(REQUESTS * 0.99)])
    print(json.dumps(asdict(made)))
