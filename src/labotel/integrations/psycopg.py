"""psycopg, the third: statements of an application that uses it by itself."""

from labotel.instrumentation.postgresql.three import PsycopgObserver
from labotel.integrations.joint import Joint
from labotel.integrations.statements import statements


def join(joint: Joint) -> None:
    """Observe its connections."""
    joint.when("psycopg", PsycopgObserver(statements(joint)))
