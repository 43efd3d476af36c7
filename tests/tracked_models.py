"""A small laboratory of Django's whose protocols are tracked, for a process of a test's own."""

import textwrap

from running import clean_environment, python

HEAD = """
import json, os, sys, types, warnings
from datetime import datetime, timedelta, UTC
from enum import StrEnum
from typing import Annotated

from django.conf import settings
sys.modules["clinic"] = types.ModuleType("clinic")
sys.modules["clinic"].__path__ = [os.getcwd()]
ALIAS = {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}
ALIASES = {"default": ALIAS, "other": dict(ALIAS)}
if "CASES_DATABASES" in os.environ:
    ALIASES = json.loads(os.environ["CASES_DATABASES"])
settings.configure(
    SECRET_KEY="only for tests", ALLOWED_HOSTS=["*"], ROOT_URLCONF="__main__", USE_TZ=True,
    DEFAULT_AUTO_FIELD="django.db.models.AutoField", DEBUG=False,
    DATABASES=ALIASES,
    PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"],
    INSTALLED_APPS=["django.contrib.admin", "django.contrib.auth", "django.contrib.contenttypes",
                    "django.contrib.sessions", "django.contrib.messages", "clinic"],
    MIDDLEWARE=["django.contrib.sessions.middleware.SessionMiddleware",
                "django.contrib.auth.middleware.AuthenticationMiddleware",
                "django.contrib.messages.middleware.MessageMiddleware"],
    TEMPLATES=[{"BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": True,
                "OPTIONS": {"context_processors": [
                    "django.template.context_processors.request",
                    "django.contrib.auth.context_processors.auth",
                    "django.contrib.messages.context_processors.messages"]}}],
)
import django
import labotel
from labotel import Catalog, Counter, Event, Histogram, Personal, Unbounded
from labotel.testing import recording
django.setup()
from django.db import connections, models, transaction
from django.db.models import F, Value
from django.test.utils import CaptureQueriesContext

class Status(StrEnum):
    DRAFT = "draft"; SUBMITTED = "submitted"; RECEIVED = "received"; DONE = "done"

class ProtocolCreated(Event, name="case.created",
                      instruments=(Counter("protocols_created_total", by=("species",)),)):
    species: Annotated[str, labotel.Limited(5)]
    owner: Personal[int | None]
    created_by: Personal[str]
    protocol_id: Unbounded[int]

class ProtocolStatusChanged(Event, name="case.status_changed"):
    from_status: Status
    to_status: Status
    changed_by: Personal[str]
    protocol_id: Unbounded[int]
    duration: Annotated[timedelta, Histogram("protocol_age_seconds", buckets=(60, 3600))]

class Completed(Event, name="case.completed"):
    protocol_id: Unbounded[int]
    title: Unbounded[str]

T0 = datetime(2026, 1, 1, tzinfo=UTC)

class Owner(models.Model):
    class Meta: app_label = "clinic"

class Protocol(models.Model):
    species = models.CharField(max_length=20, default="canine")
    owner = models.ForeignKey(Owner, models.CASCADE, null=True, blank=True)
    status = models.CharField(max_length=20, default="draft",
                              choices=[(s.value, s.value) for s in Status])
    since = models.DateTimeField(default=T0)
    note = models.CharField(max_length=20, blank=True, default="")
    class Meta: app_label = "clinic"
    @property
    def title(self): return f"{self.species} {self.pk}"

catalog = Catalog("clinic", events=[ProtocolCreated, ProtocolStatusChanged, Completed])

def track():
    labotel.track(Protocol, created=ProtocolCreated, field="status", changed=ProtocolStatusChanged,
                  since="since", reached={Status.DONE: Completed})

def tables(*more):
    for alias in connections:
        with connections[alias].schema_editor() as editor:
            for model in (Owner, Protocol, *more):
                editor.create_model(model)

def changes():
    "What was said of changes, as from-to, in its order."
    return [f"{e.from_status}-{e.to_status}" for e in telemetry.all(ProtocolStatusChanged)]

def created():
    return [e.protocol_id for e in telemetry.all(ProtocolCreated)]

def forget():
    telemetry.clear()
"""


def run(
    body: str, setup: str = "track()\ntables()", catalogs: str = "[catalog]", **more: str
) -> str:
    """Run a body in a process where `telemetry` records what the tracked models say."""
    script = HEAD + textwrap.dedent(setup) + "\nwith recording() as telemetry:\n"
    script += f"    labotel.configure(catalogs={catalogs})\n"
    script += textwrap.indent(textwrap.dedent(body), "    ")
    return python(script, clean_environment() | {"LABOTEL_PSEUDONYM_KEY": "tests"} | more)
