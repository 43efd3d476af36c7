"""`model_operations_total`: the rows that Django's ORM wrote, by model and operation."""

from collections.abc import Callable
from pathlib import Path

import pytest

from labotel.viewer.receiver import Receiver

MODELS = """
from django.db import models

class Author(models.Model):
    name = models.CharField(max_length=20, unique=True)

class Tag(models.Model): pass

class Book(models.Model):
    title = models.CharField(max_length=20)
    author = models.ForeignKey(Author, models.CASCADE)
    tags = models.ManyToManyField(Tag)

class Novel(Book):
    pages = models.IntegerField(default=1)

class Classic(Book):
    class Meta: proxy = True

class Review(models.Model):
    book = models.ForeignKey(Book, models.SET_NULL, null=True)

class Note(models.Model): pass

def noted(sender, **kwargs): "What has a signal is loaded before it is deleted."
models.signals.pre_delete.connect(noted, sender=Book)
"""
SETTINGS = "from project.settings import *\nINSTALLED_APPS = ['lab']\nDEFAULT_AUTO_FIELD = "
BODY = """
from django.db import IntegrityError, connection, transaction
from django.db.models.sql import compiler, subqueries
from lab.models import *

with connection.schema_editor() as editor:
    for model in (Author, Tag, Book, Novel, Review, Note):
        editor.create_model(model)

a, b = Author.objects.create(name="a"), Author(name="b")
b.save()
"""


@pytest.fixture
def run_models(
    run_django: Callable[..., str], environment: dict[str, str], tmp_path: Path
) -> Callable[[str], str]:
    """Run a body with models and two authors, in a database in a file."""
    (tmp_path / "lab").mkdir()
    (tmp_path / "lab" / "__init__.py").touch()
    (tmp_path / "lab" / "models.py").write_text(MODELS)
    (tmp_path / "lab_settings.py").write_text(SETTINGS + "'django.db.models.AutoField'\n")
    return lambda body: run_django(
        BODY + body + "\nlabotel.shutdown()",
        PYTHONPATH=f"{environment['PYTHONPATH']}:{tmp_path}",
        DJANGO_SETTINGS_MODULE="lab_settings",
        PROJECT_DATABASE=str(tmp_path / "models.sqlite3"),
    )


def written(receiver: Receiver) -> dict[tuple[str, str], float | None]:
    """What stands at the receiver, without the two authors of each test."""
    found = {
        (str(p.attributes["model"]).removeprefix("lab."), str(p.attributes["operation"])): p.value
        for p in receiver.points
        if p.name == "model_operations_total"
    }
    assert found.pop(("Author", "insert")) == 2
    assert receiver.store.total("labotel_faults_total") == 0
    return found


def test_each_way_to_write_counts_its_rows(
    receiver: Receiver, run_models: Callable[[str], str]
) -> None:
    """create, save, bulk_create, update, bulk_update, get_or_create and delete; by rows."""
    run_models("""
Book.objects.bulk_create([Book(title=str(n), author=a) for n in range(10)], batch_size=4)
first, second = Book.objects.order_by("pk")[:2]
first.title = "new"
first.save()                                                        # 1 update
assert Book.objects.filter(pk__gt=second.pk).update(title="x") == 8   # 8
Book.objects.bulk_update([first, second], ["title"])                # 2
Book.objects.get_or_create(title="new", author=a)                   # it is there
Note.objects.update_or_create(pk=7)                                 # 1 insert
Note(pk=8).save()                                                   # 1, after no row was updated
assert first.delete() == (1, {"lab.Book": 1})
assert Book.objects.filter(title="x").delete()[0] == 8
assert Book.objects.filter(title="nobody").update(title="y") == 0
assert Book.objects.none().update(title="y") == 0
""")
    assert written(receiver) == {
        ("Book", "insert"): 10,
        ("Book", "update"): 1 + 8 + 2,
        ("Book", "delete"): 9,
        ("Note", "insert"): 2,
    }


def test_a_deletion_counts_its_cascades(
    receiver: Receiver, run_models: Callable[[str], str]
) -> None:
    """As many rows as Django itself tells; what is set to NULL is an update."""
    run_models("""
books = Book.objects.bulk_create([Book(title=str(n), author=a) for n in range(5)])
kept = Book.objects.create(title="kept", author=b)
Review.objects.bulk_create([Review(book=book) for book in (*books[:3], kept)])
told = a.delete()
assert told == (6, {"lab.Book": 5, "lab.Author": 1}), told
assert Review.objects.filter(book=None).count() == 3
""")
    assert written(receiver) == {
        ("Book", "insert"): 6,
        ("Review", "insert"): 4,
        ("Review", "update"): 3,
        ("Book", "delete"): 5,
        ("Author", "delete"): 1,
    }


def test_the_tables_behind_a_model_count_as_their_own(
    receiver: Receiver, run_models: Callable[[str], str]
) -> None:
    """A parent's row, a many-to-many's rows; a proxy is the model that it stands for."""
    run_models("""
novel = Novel.objects.create(title="n", author=a)                  # a Book and a Novel
Novel.objects.update(title="m")                                    # the title is the Book's
Novel.objects.update(pages=3)
novel.tags.set([Tag.objects.create() for _ in range(3)])
novel.tags.clear()
proxy = Classic.objects.create(title="c", author=a)
Classic.objects.filter(pk=proxy.pk).update(title="d")
Classic.objects.filter(pk=proxy.pk).delete()
""")
    assert written(receiver) == {
        ("Book", "insert"): 2,
        ("Novel", "insert"): 1,
        ("Book", "update"): 2,
        ("Novel", "update"): 1,
        ("Tag", "insert"): 3,
        ("Book_tags", "insert"): 3,
        ("Book_tags", "delete"): 3,
        ("Book", "delete"): 1,
    }


def test_what_was_executed_counts_and_what_failed_does_not(
    receiver: Receiver, run_models: Callable[[str], str]
) -> None:
    """A rolled back write was executed; one that the database refused was not."""
    run_models("""
try:
    with transaction.atomic():
        Note.objects.create()
        raise KeyError
except KeyError:
    pass
assert Note.objects.count() == 0
try:
    Author.objects.create(name="a")
except IntegrityError:
    print("refused")
Tag.objects.bulk_create([Tag(pk=1), Tag(pk=1)], ignore_conflicts=True)   # the database: 1
""")
    assert written(receiver) == {("Note", "insert"): 1, ("Tag", "insert"): 1}


def test_a_row_that_is_there_is_not_inserted_again(
    receiver: Receiver, run_models: Callable[[str], str]
) -> None:
    """Where conflicts are ignored, as where a relation is added that exists."""
    run_models("""
wrappers = list(connection.execute_wrappers)
book, tags = Book.objects.create(title="t", author=a), [Tag(pk=n) for n in range(5)]
Tag.objects.bulk_create(tags[:3])
Tag.objects.bulk_create(tags, ignore_conflicts=True)        # 2 new ones
Tag.objects.bulk_create(tags, ignore_conflicts=True)        # none
book.tags.add(*tags[:2])                                    # 2
book.tags.add(*tags[:3])                                    # 1
book.tags.add(*tags[:3])                                    # none
try:
    Book.objects.bulk_create([Book(title="u")], ignore_conflicts=True)  # NULL where none may be
except IntegrityError:
    pass
assert connection.execute_wrappers == wrappers
""")
    found = written(receiver)
    assert (found.pop(("Tag", "insert")), found.pop(("Book_tags", "insert"))) == (3 + 2, 2 + 1)
    assert found == {("Book", "insert"): 1}


def test_asynchronous_writes_count_once(
    receiver: Receiver, run_models: Callable[[str], str]
) -> None:
    """Django runs them in a thread."""
    run_models("""
import asyncio
async def main():
    note = await Note.objects.acreate()
    await Note.objects.filter(pk=note.pk).aupdate(id=5)
    await (await Note.objects.aget(pk=5)).adelete()
asyncio.run(main())
""")
    assert written(receiver) == {
        ("Note", "insert"): 1, ("Note", "update"): 1, ("Note", "delete"): 1,
    }  # fmt: skip


def test_a_cursor_is_passed_on_as_it_is(
    receiver: Receiver, run_models: Callable[[str], str]
) -> None:
    """As before Django 5.2 a deletion asks for a cursor, reads its row count and closes it."""
    out = run_models("""
from django.db.models.sql.constants import CURSOR
Note.objects.bulk_create([Note() for _ in range(4)])
query = subqueries.DeleteQuery(Note)
with query.get_compiler("default").execute_sql(CURSOR) as cursor:
    print(cursor.rowcount, type(cursor).__name__)
print(compiler.SQLDeleteCompiler(query, connection, "default").execute_sql(None))
""")
    assert out.splitlines() == ["4 CursorWrapper", "None"]
    assert written(receiver) == {("Note", "insert"): 4, ("Note", "delete"): 4}


def test_what_a_supplier_writes_is_not_counted(
    receiver: Receiver, run_models: Callable[[str], str]
) -> None:
    """On labotel's own thread; the same write elsewhere is."""
    run_models("""
labotel.shutdown()
NOTES = labotel.Gauge("notes_seen")
@labotel.gauge(NOTES)
def notes():
    Note.objects.create()
    return Note.objects.count()
labotel.configure(catalogs=[catalog, labotel.Catalog("notes", gauges=[NOTES])])
work()
before = total("notes_seen")
Note.objects.create()
assert total("notes_seen") == before + 2
""")
    assert written(receiver) == {("Note", "insert"): 1}


def test_shutdown_gives_the_compilers_back(
    receiver: Receiver, run_models: Callable[[str], str]
) -> None:
    """Their own methods, or none; configured again, a row counts once."""
    out = run_models("""
def wrapped():
    classes = (compiler.SQLInsertCompiler, compiler.SQLUpdateCompiler, compiler.SQLDeleteCompiler)
    methods = [vars(c).get("execute_sql") for c in classes]
    return [getattr(m, "__module__", None) for m in methods]
labotel.configure()
Note.objects.create()
print(wrapped())
labotel.shutdown()
print(wrapped())
Note.objects.create()
labotel.configure(catalogs=[catalog])
Note.objects.create()
""")
    during, after = out.splitlines()
    assert during == str(["labotel.instrumentation.django.writes"] * 3)
    own = "django.db.models.sql.compiler"
    assert after == str([own, own, None])
    assert written(receiver) == {("Note", "insert"): 2}
