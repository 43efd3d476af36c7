"""A log line scrubbed: `python -m benchmarks.with_labotel.scrubbing typical`."""

import sys

from benchmarks.workload import scrubbing
from labotel.policy.scrubbing import scrub

if __name__ == "__main__":
    scrubbing.run(sys.argv[1], scrub)
