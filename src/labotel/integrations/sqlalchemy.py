"""SQLAlchemy: statements, connections and their pools, rows that the ORM writes."""

from labotel.instrumentation.sqlalchemy.engines import EngineObserver
from labotel.instrumentation.sqlalchemy.flushes import FlushObserver
from labotel.integrations.joint import Joint
from labotel.integrations.statements import statements


def join(joint: Joint) -> None:
    """Observe all of it."""
    runtime = joint.runtime
    engines = EngineObserver(statements(joint))
    runtime.forked.append(engines.forget)
    joint.when("sqlalchemy", engines)
    joint.when("sqlalchemy.orm", FlushObserver(runtime.is_own_thread, joint.fault))
