"""Checks of the databases that a Flask application has by SQLAlchemy."""

from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import Any

from labotel.pages.health import Check, Finding, Maker
from labotel.pages.sizes import SIZES, sized

Engines = Callable[[], Mapping[str, Any]]
"""Gives the engines by name; the default's is empty."""


def checked(engines: Engines) -> Maker:
    """Return what gives a check of each engine."""

    def checks(settings: Mapping[str, Any]) -> Iterable[Check]:
        from sqlalchemy import text  # by the application's engines, it is imported already

        size = settings["health_database_size"]
        for name, engine in engines().items():
            run = partial(_database, engine, size, text)
            yield Check(f"database:{name}" if name else "database", run)

    return checks


def of_extension(app: Any) -> dict[str, Any]:
    """Return the engines of Flask-SQLAlchemy, where the application has it."""
    extension = app.extensions.get("sqlalchemy")
    if extension is None or not hasattr(extension, "engines"):
        return {}
    with app.app_context():
        return {name or "": engine for name, engine in extension.engines.items()}


def _database(engine: Any, most: int | None, text: Callable[[str], Any]) -> Finding:
    """Ask for a number on a connection of the pool, and how big the database is."""
    kind = str(engine.dialect.name)
    with engine.connect() as connection:
        connection.execute(text("SELECT 1")).scalar()
        size = None
        if most is not None and kind in SIZES:
            size = int(connection.execute(text(SIZES[kind])).scalar() or 0)
    return sized(kind, size, most)
