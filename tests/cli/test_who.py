"""`labotel who` finds the person behind a pseudonym, for those who hold the key."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from labotel.policy.pseudonyms import Pseudonyms
from running import clean_environment

SECRET = "the-project's-own-secret"
SETTINGS = f"""
import labotel
SECRET_KEY = {SECRET!r}
INSTALLED_APPS = ["django.contrib.auth", "django.contrib.contenttypes", "people"]
DATABASES = {{"default": {{"ENGINE": "django.db.backends.sqlite3", "NAME": "db.sqlite3"}}}}
labotel.configure(service_name="who", disabled=False, endpoint="http://127.0.0.1:9")
"""
MODELS = """
from django.db import models

class Present(models.Manager):
    def get_queryset(self):
        return super().get_queryset().filter(gone=False)

class Client(models.Model):
    gone = models.BooleanField(default=False)
    boss = models.ForeignKey("self", null=True, on_delete=models.CASCADE)
    objects = Present()
    class Meta:
        app_label = "people"

    def __str__(self):
        raise RuntimeError("a model may do anything")
"""
MAKE = """
import django; django.setup()
from django.core.management import call_command
call_command("migrate", verbosity=0)
from django.contrib.auth.models import User
for name in ("ana", "bea", "caro"):
    User.objects.create(username=name, email=name + "@lab.example")
call_command("migrate", run_syncdb=True, verbosity=0)
from people.models import Client
first = Client.objects.create(gone=True)
for _ in range(20):
    first = Client.objects.create(boss=first)
"""


def run(
    *command: str, cwd: Path, text: str | None = None, **more: str
) -> "subprocess.CompletedProcess[str]":
    """Run Python in a folder; what is typed comes from `text`."""
    environ = clean_environment() | {"LABOTEL_RUNTIME_DIR": str(cwd / "runtime"), **more}
    return subprocess.run(
        [sys.executable, *command], cwd=cwd, env=environ, input=text or "",
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip


def who(*arguments: str, cwd: Path, text: str | None = None, **more: str) -> tuple[int, str, str]:
    """Run `labotel who`."""
    done = run("-m", "labotel.cli.main", "who", *arguments, cwd=cwd, text=text, **more)
    return done.returncode, done.stdout, done.stderr


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A Django project with three users."""
    made = tmp_path_factory.mktemp("project")
    (made / "settings.py").write_text(SETTINGS)
    (made / "people").mkdir()
    (made / "people" / "__init__.py").touch()
    (made / "people" / "models.py").write_text(MODELS)
    (made / "manage.py").write_text(
        'import os\nos.environ.setdefault("DJANGO_SETTINGS_MODULE", "settings")\n'
    )
    done = run("-c", MAKE, cwd=made, DJANGO_SETTINGS_MODULE="settings", OTEL_SDK_DISABLED="true")
    assert done.returncode == 0, done.stderr
    shutil.rmtree(made / "runtime", ignore_errors=True)  # these settings observe the migration
    return made


def pseudonym(value: object, key: str = SECRET) -> str:
    """The pseudonym under a key, as the policy makes it."""
    made = Pseudonyms(key.encode()).of(value)
    assert made is not None
    return made


def test_among_the_rows_of_a_model(project: Path) -> None:
    """By the primary key, as `Personal[str]` of a user's pk leaves; the row is named."""
    wanted = pseudonym(2)
    code, out, _ = who(wanted, "--model", "auth.User", cwd=project)
    assert (code, out) == (0, f"{wanted}  2  (bea)\n")


def test_by_another_field(project: Path) -> None:
    """Several pseudonyms at once."""
    wanted = [pseudonym("ana@lab.example"), pseudonym("caro@lab.example")]
    code, out, _ = who(*wanted, "--model", "auth.User", "--field", "email", cwd=project)
    assert code == 0
    assert out.splitlines() == [f"{wanted[0]}  ana@lab.example  (ana)",
                                f"{wanted[1]}  caro@lab.example  (caro)"]  # fmt: skip


def test_among_lines_of_standard_input(tmp_path: Path) -> None:
    """Without Django: the key is the environment's."""
    wanted = pseudonym("v-17", "k")
    code, out, _ = who(wanted, cwd=tmp_path, text="v-16\nv-17\n", LABOTEL_PSEUDONYM_KEY="k")
    assert (code, out) == (0, f"{wanted}  v-17\n")


def test_a_row_that_the_default_manager_hides(project: Path) -> None:
    """Who asks for a person asks for one who left, too; a `__str__` that raises names nobody."""
    code, out, _ = who(pseudonym(1), "--model", "people.Client", cwd=project)
    assert (code, out) == (0, f"{pseudonym(1)}  1  (Client)\n")


@pytest.mark.parametrize("field", ["boss", "boss_id"])
def test_a_foreign_key_is_its_value(project: Path, field: str) -> None:
    """Under either name."""
    wanted = pseudonym(17)
    code, out, _ = who(wanted, "--model", "people.Client", "--field", field, cwd=project)
    assert (code, out) == (0, f"{wanted}  17  (Client)\n")


def test_nothing_is_sent_whatever_the_settings_say(project: Path) -> None:
    """They enable labotel by a keyword; no slot, no folder, no thread comes of it."""
    assert who(pseudonym(2), "--model", "auth.User", cwd=project)[0] == 0
    assert not (project / "runtime").exists()


def test_a_list_from_anywhere(tmp_path: Path) -> None:
    """With a byte order mark, blanks, Windows line ends, and bytes of another encoding."""
    text = "\ufeffv-16 \r\n  v-17\t\r\n"
    wanted = [pseudonym("v-16", "k"), pseudonym("v-17", "k")]
    code, out, _ = who(*wanted, cwd=tmp_path, text=text, LABOTEL_PSEUDONYM_KEY="k")
    assert (code, len(out.splitlines())) == (0, 2)
    raw = subprocess.run(
        [sys.executable, "-X", "utf8", "-m", "labotel.cli.main", "who", wanted[1]],
        input=b"J\xf6rg\nv-17\n", capture_output=True, timeout=60, check=False,
        env=os.environ | {"LABOTEL_PSEUDONYM_KEY": "k"},
    )  # fmt: skip
    assert (raw.returncode, b"v-17" in raw.stdout) == (0, True)


def test_one_who_is_not_among_them(project: Path) -> None:
    """Exit code 1, with the number of candidates."""
    code, out, error = who(pseudonym(99), "--model", "auth.User", cwd=project)
    assert (code, out) == (1, "")
    assert f"{pseudonym(99)} is none of the 3 candidates" in error


def test_with_another_key_nobody_is_found(project: Path) -> None:
    """A pseudonym is of its key."""
    assert who(pseudonym(2), "--model", "auth.User", cwd=project, LABOTEL_PSEUDONYM_KEY="x")[0] == 1


def test_without_a_key_it_says_where_one_would_be(tmp_path: Path) -> None:
    """It makes none: a new key would find nobody for ever."""
    code, _, error = who(pseudonym(2), cwd=tmp_path, text="2\n")
    assert code == 1
    assert "LABOTEL_PSEUDONYM_KEY" in error
    assert not list(tmp_path.rglob("pseudonym.key"))


def test_the_key_that_was_made_for_this_host(tmp_path: Path) -> None:
    """What an application without a key made in its runtime folder."""
    say = """
import labotel, time
from labotel import Catalog, Event, Personal
class Seen(Event, name="t.seen"):
    person: Personal[str]
labotel.configure(service_name="who", instrument=[], endpoint="http://127.0.0.1:9", catalogs=[])
labotel.emit(Seen(person="ana")); labotel.shutdown(0.5)
"""
    assert run("-c", say, cwd=tmp_path).returncode == 0
    (kept,) = tmp_path.rglob("pseudonym.key")
    made = Pseudonyms(kept.read_bytes()).of("ana")
    assert made is not None
    assert who(made, cwd=tmp_path, text="bea\nana\n")[:2] == (0, f"{made}  ana\n")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("nobody",), "'nobody' is no pseudonym; allowed: as in p-000"),
        ((pseudonym(1), "--model", "auth.Nobody"), "--model auth.Nobody"),
        ((pseudonym(1), "--model", "nonsense"), "allowed: as in auth.User"),
        ((pseudonym(1), "--model", "auth.User", "--field", "nom"), "allowed: date_joined, email"),
    ],
)
def test_what_is_wrong_is_named(project: Path, arguments: tuple[str, ...], message: str) -> None:
    """With what is allowed."""
    code, _, error = who(*arguments, cwd=project)
    assert code != 0
    assert message in error
