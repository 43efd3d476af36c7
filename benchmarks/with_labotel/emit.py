"""Events with labotel: `python -m benchmarks.with_labotel.emit EVENTS_PER_SPAN THREADS`."""

from opentelemetry import trace

import labotel
from benchmarks.with_labotel.declared import ProtocolCompleted, catalog
from benchmarks.with_labotel.ends import flush, shutdown
from benchmarks.workload import emitting
from benchmarks.workload.completed import Completed


def say(values: Completed) -> None:
    """Say one event."""
    labotel.emit(
        ProtocolCompleted(
            species=values.species,
            analysis_type=values.analysis_type,
            veterinarian=values.veterinarian,
            protocol_id=values.protocol_id,
            duration=values.duration,
        )
    )


if __name__ == "__main__":
    labotel.configure(catalogs=[catalog], strict=False)
    emitting.run(trace.get_tracer("bench"), say, Completed, flush, shutdown)
