"""psycopg, the third: statements of an application that uses it by itself."""

from typing import Any

from labotel.integrations.joint import Joint
from labotel.integrations.later import Later


def join(joint: Joint) -> None:
    """Observe its connections."""

    def connections() -> Any:
        from labotel.instrumentation.postgresql.three import PsycopgObserver
        from labotel.integrations.statements import statements

        return PsycopgObserver(statements(joint))

    joint.when("psycopg", Later(connections))
