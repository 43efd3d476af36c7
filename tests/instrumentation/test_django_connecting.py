"""A database that Django cannot connect to is counted."""

from collections.abc import Callable

from labotel.viewer.receiver import Receiver


def test_a_connection_that_cannot_be_made_is_counted(
    run_django: Callable[..., str], receiver: Receiver
) -> None:
    """By alias and the class of the error; the application gets Django's own exception."""
    out = run_django(
        """
        from django.db import OperationalError, connection
        from django.db.backends.base.base import BaseDatabaseWrapper
        for _ in range(2):
            try:
                connection.ensure_connection()
            except OperationalError as error:
                print(type(error.__cause__).__module__)
        wrapped = BaseDatabaseWrapper.connect
        labotel.shutdown()
        print(BaseDatabaseWrapper.connect is not wrapped)
        """,
        PROJECT_DATABASE="/nowhere/secret.db",
    )
    assert out.split() == ["sqlite3", "sqlite3", "True"]
    labels = {"database": "default", "error_type": "OperationalError"}
    assert receiver.store.total("database_connection_errors_total", **labels) == 2
    assert receiver.store.total("labotel_faults_total") == 0
