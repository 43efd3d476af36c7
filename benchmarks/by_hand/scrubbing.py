"""A log line as a JSON formatter writes it: `python -m benchmarks.by_hand.scrubbing typical`."""

import json
import sys

from benchmarks.workload import scrubbing

if __name__ == "__main__":
    head = {"timestamp": "2026-11-22T19:23:45.123456Z", "level": "INFO", "logger": "lab.views"}
    scrubbing.run(sys.argv[1], lambda line: json.dumps({**head, "message": line}))
