"""What observes statements, as a runtime's settings have it."""

from labotel.instrumentation.statements import Statements
from labotel.integrations.joint import Joint


def statements(joint: Joint) -> Statements:
    """Return an observer of statements for one integration."""
    runtime = joint.runtime
    return Statements(
        runtime.pipeline.tracer,
        runtime.is_own_thread,
        joint.fault,
        # Asked each time: Django's LABOTEL may come after the first connection.
        slow_after=lambda: runtime.settings.values["slow_query"],
    )
