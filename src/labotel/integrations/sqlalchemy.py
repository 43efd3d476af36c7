"""SQLAlchemy: statements, connections and their pools, rows that the ORM writes."""

from typing import Any

from labotel.integrations.joint import Joint
from labotel.integrations.later import Later


def join(joint: Joint) -> None:
    """Observe all of it."""
    runtime = joint.runtime

    def engines() -> Any:
        from labotel.instrumentation.sqlalchemy.engines import EngineObserver
        from labotel.integrations.statements import statements

        observer = EngineObserver(statements(joint))
        runtime.forked.append(observer.forget)
        return observer

    def flushes() -> Any:
        from labotel.instrumentation.sqlalchemy.flushes import FlushObserver

        return FlushObserver(runtime.is_own_thread, joint.fault)

    joint.when("sqlalchemy", Later(engines))
    joint.when("sqlalchemy.orm", Later(flushes))
