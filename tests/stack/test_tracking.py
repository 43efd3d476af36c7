"""A tracked model in PostgreSQL: transactions that change one row at the same time."""

import json
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from tracked_models import run

from . import debian
from .containers import settings_of
from .servers import Server

SETUP = """
import threading
from django.db import OperationalError
class Moved(Event, name="case.moved"):
    from_number: Unbounded[int]
    to_number: Unbounded[int]
class Stone(models.Model):
    number = models.IntegerField(default=0)
    class Meta: app_label = "clinic"
class Gem(Stone):
    class Meta: app_label = "clinic"
labotel.track(Stone, field="number", changed=Moved)
with connections["default"].schema_editor() as editor:
    for model in (Stone, Gem):
        editor.create_model(model)
"""


@pytest.fixture
def databases(tmp_path: Path) -> Iterator[str]:
    """Django's databases: a PostgreSQL of the test's own."""
    with TemporaryDirectory(prefix="labotel-postgresql-") as home:
        made: Server = debian.postgresql(tmp_path, Path(home))
        made.start()
        yield json.dumps(settings_of(made)["DATABASES"])
        made.stop()


def test_changes_of_one_row_at_once_are_one_chain(databases: str) -> None:
    """Four threads by `save`, `tracked` and `bulk_update`: each names the state it found."""
    run("""
pk = Gem.objects.create().pk
def work(first):
    try:
        for n in range(first, first + 30):
            with transaction.atomic():
                if n % 3 == 0:
                    Stone(pk=pk, number=n).save()
                elif n % 3 == 1:
                    Stone.objects.bulk_update([Stone(pk=pk, number=n)], ["number"])
                else:
                    with labotel.tracked(Gem.objects.filter(pk=pk)):
                        Stone.objects.filter(pk=pk).update(number=n)
                if n % 10 == 0: transaction.set_rollback(True)
    finally:
        connections.close_all()
threads = [threading.Thread(target=work, args=(first,)) for first in (1000, 2000, 3000, 4000)]
for t in threads: t.start()
for t in threads: t.join()
moved = {e.from_number: e.to_number for e in telemetry.all(Moved)}
assert len(telemetry.all(Moved)) == len(moved) == 4 * 27
here = 0
for _ in range(4 * 27):
    here = moved.pop(here)
assert moved == {} and here == Stone.objects.get().number
assert telemetry.metric("labotel_faults_total") == 0
""", SETUP, CASES_DATABASES=databases)  # fmt: skip


def test_a_lock_that_is_not_given_in_time_is_the_applications_own_error(databases: str) -> None:
    """As the UPDATE would have raised it; the next transaction is as ever."""
    run("""
stone = Stone.objects.create()
locked, done = threading.Event(), threading.Event()
def hold():
    with transaction.atomic():
        Stone.objects.select_for_update().get()
        locked.set(); done.wait(60)
    connections.close_all()
thread = threading.Thread(target=hold); thread.start(); locked.wait(60)
stone.number = 1
try:
    with transaction.atomic():
        with connections["default"].cursor() as cursor:
            cursor.execute("SET LOCAL lock_timeout = '50ms'")
        stone.save()
except OperationalError as error:
    assert "lock timeout" in str(error)
else:
    raise AssertionError
done.set(); thread.join()
assert telemetry.all(Moved) == []
stone.save()
assert telemetry.one(Moved).to_number == 1
""", SETUP, CASES_DATABASES=databases)  # fmt: skip
