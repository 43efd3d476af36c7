"""psycopg2: statements of an application that uses it by itself."""

from typing import Any

from labotel.integrations.joint import Joint
from labotel.integrations.later import Later


def join(joint: Joint) -> None:
    """Observe its connections."""

    def connections() -> Any:
        from labotel.instrumentation.postgresql.two import Psycopg2Observer
        from labotel.integrations.statements import statements

        return Psycopg2Observer(statements(joint))

    joint.when("psycopg2", Later(connections))
