"""structlog, over the standard library's logging or beside it."""

from labotel.instrumentation.structlog import StructlogObserver
from labotel.integrations.joint import Joint


def join(joint: Joint) -> None:
    """Observe its events."""
    runtime = joint.runtime
    observer = StructlogObserver(
        runtime.pipeline, runtime.settings.log_level, runtime.is_own_thread,
        through_logging=joint.logs is not None,
    )  # fmt: skip
    joint.when("structlog", observer)
