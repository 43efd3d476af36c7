"""The connections of SQLAlchemy's engines: their pools, and those that could not be made."""

from alchemy import Run
from labotel.viewer.receiver import Receiver

GAUGES = """
def gauges(name="sqlite"):
    order(1)  # a process that has no work of its own reads no gauge
    labels = {"database": name}
    current = "database_connections_current"
    return [
        total(current, state="active", **labels), total(current, state="idle", **labels),
        total("database_pool_size", **labels), total("database_pool_overflow", **labels),
    ]
"""


def test_what_a_pool_lends_and_keeps_is_shown(alchemy: Run) -> None:
    """Lent, kept, its size, and what is open beyond it; two engines of one name are one."""
    out = alchemy(
        GAUGES
        + """
one, two = (create_engine(url, poolclass=QueuePool, pool_size=2, max_overflow=3) for _ in "ab")
reports = create_engine(url, poolclass=QueuePool, pool_size=7, logging_name="reports")
one.connect().close(); reports.connect().close()
print(gauges())
held = [one.connect() for _ in range(4)] + [two.connect()]
print(gauges())
for connection in held: connection.close()
print(gauges(), gauges("reports"))
"""
    )
    assert out.splitlines() == [
        "[0, 1, 2, 0]",
        "[5, 0, 4, 2]",
        # Of the four, two are kept.
        "[0, 3, 4, 0] [0, 1, 7, 0]",
    ]


def test_engines_with_other_options_share_one_pool(alchemy: Run) -> None:
    """It counts once. A pool that keeps nothing has no size, and its statements are measured."""
    out = alchemy(
        GAUGES
        + """
engine = create_engine(url, poolclass=QueuePool, pool_size=2)
other = engine.execution_options(isolation_level="AUTOCOMMIT")
held = [engine.connect(), other.connect()]
print(gauges())
plain = create_engine(url, poolclass=NullPool, logging_name="plain")
with plain.connect() as connection:
    connection.execute(text("SELECT 1"))
    print(gauges("plain"), total("database_query_duration_seconds", database="plain"))
"""
    )
    assert out.splitlines() == ["[2, 0, 2, 0]", "[0, 0, 0, 0] 1"]


def test_a_connection_that_cannot_be_made_is_counted(alchemy: Run, receiver: Receiver) -> None:
    """By the class of the driver's error; the application gets SQLAlchemy's."""
    out = alchemy(
        """
        from sqlalchemy.exc import OperationalError
        engine = create_engine("sqlite:////nowhere/secret.db")
        with tracer.start_as_current_span("work"):
            for _ in range(2):
                try:
                    engine.connect()
                except OperationalError as error:
                    print(type(error.orig).__name__)
        """
    )
    assert out.split() == ["OperationalError"] * 2
    labels = {"database": "sqlite", "error_type": "OperationalError"}
    assert receiver.store.total("database_connection_errors_total", **labels) == 2
    (work,) = [s for s in receiver.spans if s.name == "work"]
    assert [e.name for e in work.events] == ["db.client.connection_failed"] * 2
    assert "nowhere" not in str([work.events, receiver.points])


def test_a_pool_that_has_none_left_is_counted(alchemy: Run, receiver: Receiver) -> None:
    """After its own time of waiting."""
    alchemy(
        """
        from sqlalchemy.exc import TimeoutError
        engine = create_engine(
            url, poolclass=QueuePool, pool_size=1, max_overflow=0, pool_timeout=0.01
        )
        held = engine.connect()
        try:
            engine.connect()
        except TimeoutError:
            pass
        """
    )
    labels = {"database": "sqlite", "error_type": "TimeoutError"}
    assert receiver.store.total("database_connection_errors_total", **labels) == 1
