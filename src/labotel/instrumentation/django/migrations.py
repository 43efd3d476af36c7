"""How many migrations of the application's code its databases still lack.

What there is on disk is compared with what the database has recorded, by names alone. Only where
something is missing are migrations imported, so that Django itself says what it would apply: a
squashed one stands for others.
"""

import sys
import time
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

from labotel.catalogs.database import MIGRATIONS_UNAPPLIED
from labotel.instrumentation.django.handlers import databases
from labotel.instrumentation.supplies import Supplies

EVERY: Final = 60.0
"""How often it is looked, at most, in s."""
PATIENCE: Final = 2
"""How long connecting may take, in s, where the application does not say it."""

_TABLE: Final = "django_migrations"
_TIMED: Final = frozenset({"postgresql", "mysql"})
"""Databases whose drivers know the option `connect_timeout`."""

Name = tuple[str, str]
"""An application's label, and a migration of it."""


class MigrationObserver:
    """Supplies the gauge; `connect` and `disconnect` it.

    `applying` tells whether this process applies migrations at the moment: it is not disturbed.
    """

    def __init__(
        self,
        fault: Callable[[str, BaseException], None],
        applying: Callable[[], bool],
        every: float = EVERY,
    ) -> None:
        self._fault = fault
        self._applying = applying
        self._every = every
        self._supplies = Supplies()
        self._connections: Any = None
        self._looked: float | None = None
        self._last: dict[str, int] = {}
        self._counted: dict[str, tuple[frozenset[Name], frozenset[Name], int]] = {}
        self._down: set[str] = set()

    def connect(self, backends: Any) -> None:
        """Supply it for the connections of `django.db`."""
        self._connections = backends.connections
        self._supplies.give(MIGRATIONS_UNAPPLIED, self._read)

    def disconnect(self) -> None:
        """Supply nothing any more."""
        self._supplies.take_back()
        self._looked = None
        self._last = {}

    def _read(self) -> Iterator[tuple[str, int]]:
        """Give alias and number; nothing of a database that does not answer."""
        now = time.monotonic()
        due = self._looked is None or now - self._looked >= self._every
        if due and _ready() and not self._applying():
            self._looked = now
            self._last = dict(self._look())
        return iter(self._last.items())

    def _look(self) -> Iterator[tuple[str, int]]:
        found = frozenset(_on_disk())
        _ = self._connections.settings  # nothing in this process may have asked for one yet
        for alias in databases(self._connections):
            try:
                number = self._number(alias, found)
                self._down.discard(alias)
                if number is not None:
                    yield alias, number
            except Exception as error:
                if alias not in self._down:  # said once, until it answers again
                    self._down.add(alias)
                    self._fault("migrations", error)

    def _number(self, alias: str, found: frozenset[Name]) -> int | None:
        """Return how many a database lacks; None for one that Django does not migrate."""
        recorded = self._recorded(alias)
        if recorded is None:
            return None
        if found <= recorded:
            return 0
        known = self._counted.get(alias)
        if known is None or known[:2] != (found, recorded):
            known = self._counted[alias] = found, recorded, self._planned(alias)
        return known[2]

    def _recorded(self, alias: str) -> frozenset[Name] | None:
        """Return what a database has recorded, on a connection of its own and in bounded time.

        One without Django's table is not migrated, as one of somebody else's is not; the default
        one will be.
        """
        wrapper = self._connections.create_connection(alias)
        if wrapper.vendor == "sqlite" and not _is_there(wrapper):
            return None
        options = dict(wrapper.settings_dict.get("OPTIONS") or {})
        options.pop("pool", None)
        if wrapper.vendor in _TIMED:
            options.setdefault("connect_timeout", PATIENCE)
        wrapper.settings_dict = {**wrapper.settings_dict, "OPTIONS": options}
        try:
            with wrapper.cursor() as cursor:
                if _TABLE not in wrapper.introspection.table_names(cursor):
                    return frozenset() if alias == "default" else None
                quoted = map(wrapper.ops.quote_name, ("app", "name", _TABLE))
                cursor.execute("SELECT {}, {} FROM {}".format(*quoted))  # noqa: S608  # own names
                return frozenset((str(app), str(name)) for app, name in cursor.fetchall())
        finally:
            wrapper.close()

    def _planned(self, alias: str) -> int:
        """Return how many Django would apply; it imports all migrations."""
        from django.db.migrations.executor import MigrationExecutor

        executor = MigrationExecutor(self._connections[alias])
        return len(executor.migration_plan(executor.loader.graph.leaf_nodes()))


def _is_there(wrapper: Any) -> bool:
    """Tell whether a database of SQLite's exists: to connect would make one.

    One in memory is another one in each thread.
    """
    name = str(wrapper.settings_dict["NAME"])
    return not wrapper.is_in_memory_db() and (name.startswith("file:") or Path(name).exists())


def _ready() -> bool:
    """Tell whether Django's applications are loaded; what is not is not begun here."""
    apps = sys.modules.get("django.apps")
    return apps is not None and apps.apps.ready


def _on_disk() -> Iterator[Name]:
    """Give the migrations that there are, and import none."""
    from pkgutil import iter_modules

    from django.apps import apps
    from django.conf import settings

    for app in apps.get_app_configs():
        module = settings.MIGRATION_MODULES.get(app.label, f"{app.name}.migrations")
        try:
            spec = None if module is None else find_spec(module)
        except ModuleNotFoundError:
            continue
        if spec is None or spec.origin is None:  # none, or an empty folder
            continue
        for _, name, is_package in iter_modules(spec.submodule_search_locations or ()):
            if not is_package and name[0] not in "_~":
                yield app.label, name
