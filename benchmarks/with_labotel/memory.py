"""How large a process gets: `python -m benchmarks.with_labotel.memory well|dead`."""

import json
import resource
import sys
from dataclasses import asdict

from opentelemetry import trace

import labotel
from benchmarks.measured import Run
from benchmarks.pace import pace
from benchmarks.with_labotel.away import send_to
from benchmarks.with_labotel.declared import catalog
from benchmarks.with_labotel.emit import say
from benchmarks.workload.completed import Completed, completed
from benchmarks.workload.emitting import emitting

EVENTS = 1_000_000
PART = 10_000
PER_SPAN = 10

if __name__ == "__main__":
    send_to(sys.argv[1])
    labotel.configure(catalogs=[catalog], strict=False)
    items = [Completed(*values) for values in completed(PART)]
    tracer = trace.get_tracer("bench")
    for _ in range(EVENTS // PART):
        emitting(tracer, say, items, PER_SPAN)
    labotel.shutdown(5)
    size = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps(asdict(Run(EVENTS, pace=pace(), memory=size))))
