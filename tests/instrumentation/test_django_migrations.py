"""`django_migrations_unapplied`: what the code has and a database lacks."""

import textwrap
from collections.abc import Callable
from pathlib import Path

import pytest

from labotel.viewer.receiver import Receiver

SETTINGS = """
import os
from project.settings import *
INSTALLED_APPS = ["shop", "bare"]
FOLDER = os.environ["FOLDER"]
DATABASES = {name: {"ENGINE": "django.db.backends.sqlite3", "NAME": f"{FOLDER}/{name}.sqlite3"}
             for name in ("default", "second")}
"""
MIGRATION = """
from django.db import migrations
print("imported", __name__)
class Migration(migrations.Migration):
    dependencies = [{after}]
    {more}
"""
BODY = """
from django.core.management import call_command
from labotel.events.gauges import suppliers
def unapplied():
    work()
    return {alias: total("django_migrations_unapplied", database=alias)
            for alias in settings.DATABASES}
def held():
    from labotel.configure import present
    labotel.flush(10)
    metric = present().pipeline.meter.metrics.get("django_migrations_unapplied")
    return metric and sorted(key[0] for key in metric.cells)
"""
SOON = """
from labotel.instrumentation.django import migrations
suppliers["django_migrations_unapplied"][1].__self__._every = 0
"""


@pytest.fixture
def run_shop(
    run_django: Callable[..., str], environment: dict[str, str], tmp_path: Path
) -> Callable[..., str]:
    """Run a body with an application that has two migrations, and one that has none."""
    folder = tmp_path / "shop" / "migrations"
    folder.mkdir(parents=True)
    for package in (folder, folder.parent, tmp_path / "bare"):
        package.mkdir(exist_ok=True)
        (package / "__init__.py").touch()
    (folder.parent / "models.py").touch()  # Django signals for no other application
    write(folder, "0001_initial")
    write(folder, "0002_more", "0001_initial")
    (tmp_path / "migrating_settings.py").write_text(SETTINGS)
    return lambda body, soon=True: run_django(
        BODY + (SOON if soon else "") + textwrap.dedent(body) + "\nlabotel.shutdown()",
        PYTHONPATH=f"{environment['PYTHONPATH']}:{tmp_path}",
        DJANGO_SETTINGS_MODULE="migrating_settings",
        FOLDER=str(tmp_path),
    )


def write(folder: Path, name: str, after: str = "", more: str = "") -> None:
    """Write a migration that says when it is imported."""
    before = f"('shop', {after!r})" if after else ""
    (folder / f"{name}.py").write_text(MIGRATION.format(after=before, more=more))


def test_what_a_database_lacks_is_counted_until_it_has_it(
    receiver: Receiver, run_shop: Callable[..., str]
) -> None:
    """A new one lacks all; one that Django does not migrate, or that is not there, has no value."""
    out = run_shop("""
        print(unapplied(), held())
        assert not [name for name in os.listdir(os.environ["FOLDER"]) if "sqlite3" in name]
        from django.db import connection
        connection.ensure_connection()
        print(unapplied(), held())
        call_command("migrate", "shop", "0001", verbosity=0)
        print(unapplied())
        call_command("migrate", "shop", verbosity=0)
        call_command("migrate", "shop", "0001", database="second", verbosity=0)
        print(unapplied(), held())
        """)
    told = [line for line in out.splitlines() if not line.startswith("imported")]
    assert told == [
        "{'default': 0, 'second': 0} []",
        "{'default': 2, 'second': 0} ['default']",
        "{'default': 1, 'second': 0}",
        "{'default': 0, 'second': 1} ['default', 'second']",
    ]
    assert receiver.store.total("labotel_faults_total") == 0


def test_nothing_is_imported_where_nothing_is_missing(run_shop: Callable[..., str]) -> None:
    """Names are compared; nor is Django's own loader imported for it."""
    run_shop('call_command("migrate", verbosity=0)')
    out = run_shop("""
        import sys
        print(unapplied(), held())
        print("django.db.migrations.loader" in sys.modules)
        """)
    assert out.splitlines() == ["{'default': 0, 'second': 0} ['default']", "False"]


def test_a_squashed_migration_stands_for_others(
    run_shop: Callable[..., str], tmp_path: Path
) -> None:
    """As Django itself plans it: what was applied by its parts is not applied again."""
    run_shop('call_command("migrate", verbosity=0)')
    replaces = "replaces = [('shop', '0001_initial'), ('shop', '0002_more')]"
    write(tmp_path / "shop" / "migrations", "0001_squashed_0002", more=replaces)
    out = run_shop("print(unapplied())")
    assert out.splitlines()[-1] == "{'default': 0, 'second': 0}"


def test_it_is_looked_at_once_a_minute_and_imported_once(run_shop: Callable[..., str]) -> None:
    """Readings in between give the last number; the same names are not planned again."""
    out = run_shop(
        """
        from django.db import connection
        connection.ensure_connection()
        print(unapplied())
        call_command("migrate", "shop", "0001", verbosity=0)
        print(unapplied())
        """,
        soon=False,
    )
    assert [line for line in out.splitlines() if line[0] == "{"] == [
        "{'default': 2, 'second': 0}"
    ] * 2
    out = run_shop("""
        from django.db.migrations import executor
        planned, own = [], executor.MigrationExecutor.migration_plan
        def plan(*args, **kwargs):
            planned.append(1)
            return own(*args, **kwargs)
        executor.MigrationExecutor.migration_plan = plan
        for _ in range(3):
            unapplied()
        print(len(planned))
        """)
    assert out.splitlines()[-1] == "1"


def test_a_database_that_is_down_costs_its_own_number_alone(
    receiver: Receiver, run_shop: Callable[..., str]
) -> None:
    """It is said once, and read again once it answers."""
    out = run_shop("""
        from django.db import connections
        call_command("migrate", verbosity=0)
        second = connections.settings["second"]
        where, second["NAME"] = second["NAME"], os.environ["FOLDER"]
        for _ in range(3):
            work()
            print(held())
        second["NAME"] = where
        call_command("migrate", "shop", database="second", verbosity=0)
        print(held())
        """)
    told = [line for line in out.splitlines() if not line.startswith("imported")]
    assert told == ["['default']"] * 3 + ["['default', 'second']"]
    assert receiver.store.total("labotel_faults_total", where="migrations") == 1
    assert receiver.store.total("labotel_faults_total") == 1


def test_it_is_not_read_while_migrations_are_applied(
    run_shop: Callable[..., str],
) -> None:
    """A process that migrates is left alone: what was read before stands until it is done."""
    out = run_shop("""
        from django.db.models.signals import pre_migrate
        seen = []
        def read(**kwargs): seen.append(list(suppliers["django_migrations_unapplied"][1]()))
        from django.db import connection
        connection.ensure_connection()
        pre_migrate.connect(read)
        read()
        call_command("migrate", "shop", "0001", verbosity=0)
        read()
        print(seen)
        """)
    assert out.splitlines()[-1] == str([[("default", 2)]] * 2 + [[("default", 1)]])


def test_a_database_in_memory_has_no_number(run_django: Callable[..., str]) -> None:
    """It is another one in each thread."""
    assert run_django(BODY + SOON + "work()\nprint(held())") == "[]\n"


def test_disconnecting_takes_the_supplier_back(run_shop: Callable[..., str]) -> None:
    """And connecting gives it again."""
    out = run_shop("""
        name = "django_migrations_unapplied"
        labotel.shutdown()
        print(name in suppliers)
        labotel.configure(catalogs=[catalog])
        print(name in suppliers)
        """)
    assert out.split() == ["False", "True"]
