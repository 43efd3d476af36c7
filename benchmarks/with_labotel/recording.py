"""A test's events in labotel's double: `python -m benchmarks.with_labotel.recording`."""

from benchmarks.with_labotel.declared import ProtocolCompleted
from benchmarks.with_labotel.emit import say
from benchmarks.workload import recording
from benchmarks.workload.completed import COUNTER, Completed
from labotel.testing import recording as double

if __name__ == "__main__":
    with double() as telemetry:

        def ask() -> tuple[int, int]:
            """Ask for the metric and the events of one species."""
            found = telemetry.all(ProtocolCompleted, species="canine")
            return int(telemetry.metric(COUNTER, species="canine")), len(found)

        recording.run(Completed, say, ask, telemetry.clear)
