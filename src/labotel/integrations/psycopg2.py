"""psycopg2: statements of an application that uses it by itself."""

from labotel.instrumentation.postgresql.two import Psycopg2Observer
from labotel.integrations.joint import Joint
from labotel.integrations.statements import statements


def join(joint: Joint) -> None:
    """Observe its connections."""
    joint.when("psycopg2", Psycopg2Observer(statements(joint)))
