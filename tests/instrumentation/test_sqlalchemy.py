"""SQLAlchemy's engines, with a real SQLite: statements and rows."""

import pytest

from alchemy import Run, queries
from labotel.viewer.receiver import Receiver


def test_each_statement_has_a_span_and_is_measured(alchemy: Run, receiver: Receiver) -> None:
    """With its shape and never its values; no path of the file, and once each."""
    alchemy(
        """
        engine = create_engine(url)
        with engine.begin() as connection:
            connection.execute(text("CREATE TABLE owners (name TEXT)"))
        with tracer.start_as_current_span("work"):
            with engine.begin() as connection:
                connection.execute(text("INSERT INTO owners VALUES (:name)"), {"name": "Rex"})
                connection.execute(text("SELECT name, 471104711047 FROM owners WHERE name = 'Rex'"))
        """
    )
    found = queries(receiver)
    assert [s.name for s in found] == ["CREATE owners", "INSERT owners", "SELECT owners"]
    work = next(s for s in receiver.spans if s.name == "work")
    assert {s.parent_span_id for s in found[1:]} == {work.span_id}
    expected = {
        "db.system.name": "sqlite",
        "db.namespace": "sqlite",
        "db.operation.name": "SELECT",
        "db.collection.name": "owners",
        "db.query.text": "SELECT name, ? FROM owners WHERE name = ?",
    }
    assert {name: found[2].attributes[name] for name in expected} == expected
    everything = str([receiver.spans, receiver.logs, receiver.points])
    assert not any(word in everything for word in ("Rex", "471104711047", "secret.db"))
    metric = "database_query_duration_seconds"
    counted = {
        (p.attributes["database"], p.attributes["query_type"], p.attributes["table"]): p.count
        for p in receiver.points
        if p.name == metric
    }
    assert counted == {
        ("sqlite", "create", "owners"): 1,
        ("sqlite", "insert", "owners"): 1,
        ("sqlite", "select", "owners"): 1,
    }


def test_a_statement_that_fails_is_an_error(alchemy: Run, receiver: Receiver) -> None:
    """It is measured too, and the application gets SQLAlchemy's own exception."""
    out = alchemy(
        """
        from sqlalchemy.exc import IntegrityError
        engine = create_engine(url)
        Base.metadata.create_all(engine)
        for _ in range(2):
            try:
                with engine.begin() as connection:
                    connection.execute(text("INSERT INTO owners (name) VALUES ('Rex')"))
            except IntegrityError as error:
                print(type(error.orig).__name__)
        """
    )
    assert out.split() == ["IntegrityError"]
    found = queries(receiver, "INSERT owners")
    assert [s.status for s in found] == ["UNSET", "ERROR"]
    assert found[1].attributes["error.type"] == "IntegrityError"
    assert "Rex" not in str(found)


def test_a_slow_statement_is_said_in_its_span(alchemy: Run, receiver: Receiver) -> None:
    """With the shape; a fast one is not."""
    alchemy(
        """
        from sqlalchemy import event
        engine = create_engine(url, logging_name="reports")
        @event.listens_for(engine, "connect")
        def nap(connection, record):
            connection.create_function("nap", 1, lambda x: time.sleep(0.05) or x)
        with engine.connect() as connection:
            connection.execute(text("SELECT nap('Rex')"))
            connection.execute(text("SELECT 1"))
        """,
        LABOTEL_SLOW_QUERY="0.04",
    )
    (record,) = [r for r in receiver.logs if r.event_name == "db.client.slow_query"]
    assert record.attributes["statement"] == "SELECT nap(?)"
    assert record.attributes["database"] == "reports"
    slow, _ = queries(receiver, "SELECT")
    assert (record.trace_id, record.span_id) == (slow.trace_id, slow.span_id)


def test_an_asynchronous_engine_is_observed(alchemy: Run, receiver: Receiver) -> None:
    """Each statement in the span of its own task, however they interleave."""
    pytest.importorskip("aiosqlite")
    alchemy(
        """
        from sqlalchemy.ext.asyncio import create_async_engine
        async def ask(engine, name):
            with tracer.start_as_current_span(name):
                async with engine.connect() as connection:
                    for _ in range(3):
                        await connection.execute(text("SELECT 1"))
                        await asyncio.sleep(0)
        async def main():
            engine = create_async_engine(url.replace("sqlite:", "sqlite+aiosqlite:"))
            await asyncio.gather(*(ask(engine, f"work {i}") for i in range(4)))
            await engine.dispose()
        asyncio.run(main())
        """
    )
    works = {s.span_id for s in receiver.spans if s.name.startswith("work ")}
    parents = [s.parent_span_id for s in queries(receiver, "SELECT")]
    assert len(works) == 4
    assert sorted(parents) == sorted([*works] * 3)


def test_what_is_cancelled_ends_its_span(alchemy: Run, receiver: Receiver) -> None:
    """A task whose client has gone, say."""
    pytest.importorskip("aiosqlite")
    alchemy(
        """
        from sqlalchemy.ext.asyncio import create_async_engine
        LONG = ("WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n"
                " WHERE x < 3000000) SELECT count(*) FROM n")
        async def ask(engine):
            async with engine.connect() as connection:
                await connection.execute(text(LONG))
        async def main():
            engine = create_async_engine(url.replace("sqlite:", "sqlite+aiosqlite:"))
            try:
                await asyncio.wait_for(ask(engine), 0.05)
            except asyncio.TimeoutError:
                print("late")
            await engine.dispose()
        asyncio.run(main())
        """
    )
    (span,) = [s for s in receiver.spans if s.name.startswith("WITH")]
    assert span.status == "ERROR"
    assert span.attributes["error.type"] == "CancelledError"


def test_what_is_asked_again_and_again_is_found(alchemy: Run, receiver: Receiver) -> None:
    """In a task, which is what there is without a web framework."""
    alchemy(
        """
        import warnings
        warnings.simplefilter("default")  # Celery's own imports warn
        from celery import Celery
        app = Celery("x", task_always_eager=True, set_as_current=False)
        engine = create_engine(url)
        Base.metadata.create_all(engine)
        @app.task
        def report():
            with Session(engine) as session:
                for i in range(20):
                    session.query(Owner).filter_by(name=f"Rex{i}").first()
        report.delay()
        """
    )
    (record,) = [r for r in receiver.logs if r.event_name == "db.client.repeated_query"]
    assert (record.attributes["count"], record.attributes["table"]) == (20, "owners")
    assert "Rex" not in str(record)
    labels = {"database": "sqlite", "table": "owners"}
    assert receiver.store.total("database_repeated_queries_total", **labels) == 1


def test_rows_that_the_orm_writes_are_counted(alchemy: Run, receiver: Receiver) -> None:
    """By class, when they are flushed; one that is set to what it was is no write."""
    alchemy(
        """
        engine = create_engine(url)
        Base.metadata.create_all(engine)
        with Session(engine) as session:
            owners = [Owner(name=name) for name in "abcde"]
            session.add_all(owners)
            session.commit()
            owners[0].name = "x"
            owners[1].name = "y"
            owners[2].name = owners[2].name
            session.delete(owners[3])
            session.commit()
        """
    )
    counted = {
        (p.attributes["model"], p.attributes["operation"]): p.value
        for p in receiver.points
        if p.name == "model_operations_total"
    }
    assert counted == {("Owner", "insert"): 5, ("Owner", "update"): 2, ("Owner", "delete"): 1}


def test_disconnecting_leaves_nothing(alchemy: Run, receiver: Receiver) -> None:
    """After shutdown an engine is as it was, one that was made before and one made later."""
    out = alchemy(
        """
        from sqlalchemy.engine import Engine
        before = create_engine(url)
        wrapped = Engine.raw_connection
        with before.connect() as connection:
            connection.execute(text("SELECT 1"))
        labotel.shutdown()
        print(Engine.raw_connection is not wrapped, Engine.raw_connection.__module__)
        for engine in (before, create_engine(url)):
            with engine.connect() as connection:
                print(connection.execute(text("SELECT 2")).scalar())
            errors = getattr(engine.dialect.dispatch, "handle_error", None)  # from 2.0 on
            if errors is None:
                errors = engine.dispatch.handle_error
            print(list(engine.dispatch.before_cursor_execute), list(errors))
        """
    )
    assert out.split("\n")[:5] == ["True sqlalchemy.engine.base", "2", "[] []", "2", "[] []"]
    assert len(queries(receiver)) == 1
