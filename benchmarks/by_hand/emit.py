"""Events by hand: `python -m benchmarks.by_hand.emit EVENTS_PER_SPAN THREADS`."""

from opentelemetry import trace

from benchmarks.by_hand.event import plain, speaker
from benchmarks.by_hand.sdk import Sdk
from benchmarks.workload import emitting

if __name__ == "__main__":
    sdk = Sdk()
    emitting.run(trace.get_tracer("bench"), speaker(), plain, sdk.flush, sdk.shutdown)
