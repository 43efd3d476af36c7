"""Checks of what a Django project uses: each database, its migrations, and each cache."""

from collections.abc import Iterable, Iterator, Mapping
from functools import partial
from typing import Any, Final
from uuid import uuid4

from labotel.instrumentation.django import ready
from labotel.pages.health import Check, Finding
from labotel.pages.sizes import SIZES, sized

KEPT: Final = 10
"""How long, in s, a cache keeps what a check wrote."""
_NO_CACHE: Final = "django.core.cache.backends.dummy.DummyCache"


def checks(settings: Mapping[str, Any]) -> Iterable[Check]:
    """Give the checks of a project whose apps are ready; none where there is no Django."""
    if not ready.is_ready():
        return
    from django.conf import settings as project

    yield from _databases(settings["health_database_size"])
    for alias, chosen in project.CACHES.items():
        if chosen.get("BACKEND") != _NO_CACHE:
            yield Check(_named("cache", alias), partial(_cache, alias))


def _databases(size: int | None) -> Iterator[Check]:
    from django.db import connections
    from django.db.migrations.executor import MigrationExecutor

    for alias in connections:
        if connections[alias].settings_dict["ENGINE"] == "django.db.backends.dummy":
            continue  # DATABASES is empty
        yield Check(_named("database", alias), partial(_database, alias, size))
        yield Check(
            _named("migrations", alias), partial(_migrations, alias, MigrationExecutor), vital=False
        )


def _named(kind: str, alias: str) -> str:
    return kind if alias == "default" else f"{kind}:{alias}"


def _database(alias: str, most: int | None) -> Finding:
    """Ask for a number on a connection of this thread's own, and how big the database is."""
    from django.db import connections

    connection = connections[alias]
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
            cursor.fetchone()
            size = None
            asked = SIZES.get(connection.vendor)
            if most is not None and asked is not None:
                cursor.execute(asked)
                size = int(cursor.fetchone()[0] or 0)
        return sized(connection.vendor, size, most)
    finally:
        connection.close()


def _migrations(alias: str, executor: Any) -> Finding:
    from django.db import connections

    connection = connections[alias]
    try:
        in_memory = getattr(connection, "is_in_memory_db", None)  # SQLite's alone
        if in_memory is not None and in_memory():
            return Finding("healthy", "a database in memory is each thread's own")
        made = executor(connection)
        plan = made.migration_plan(made.loader.graph.leaf_nodes())
    finally:
        connection.close()
    if not plan:
        return Finding("healthy", "all applied")
    names = ", ".join(f"{m.app_label}.{m.name}" for m, _ in plan[:5])
    return Finding("warning", f"{len(plan)} not applied: {names}{' …' if len(plan) > 5 else ''}")


def _cache(alias: str) -> Finding:
    """Write, read and delete a key of this moment's own."""
    from django.core.cache import caches

    cache = caches[alias]
    key, value = f"labotel:health:{uuid4().hex}", uuid4().hex
    try:
        cache.set(key, value, KEPT)
        if cache.get(key) != value:  # as a memcached that is away answers
            return Finding("unhealthy", "what was written is not there")
        cache.delete(key)
    finally:
        cache.close()
    return Finding("healthy", "written and read")
