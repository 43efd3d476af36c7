"""The actor of a request: who the application has seen, as a pseudonym, and nobody sooner."""

from pathlib import Path
from typing import Any

import pytest

from labotel.policy.pseudonyms import Pseudonyms
from labotel.viewer.receiver import Receiver
from running import python

SETUP = """
import asyncio, logging, os, threading
from django.conf import settings
from django.http import HttpResponse
from django.urls import path
settings.configure(
    SECRET_KEY="only for tests", ALLOWED_HOSTS=["*"], ROOT_URLCONF=__name__, USE_TZ=True,
    INSTALLED_APPS=["django.contrib.auth", "django.contrib.contenttypes",
                    "django.contrib.sessions"],
    MIDDLEWARE=["django.contrib.sessions.middleware.SessionMiddleware",
                "django.contrib.auth.middleware.AuthenticationMiddleware"],
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3",
                           "NAME": os.environ["PROJECT_DATABASE"]}},
    PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"],
)
import django
import labotel
labotel.configure(instrument=INSTRUMENT, catalogs=[telemetry.catalog])
django.setup()
from celery import Celery
from django.contrib import auth
from django.core.management import call_command
from django.test import AsyncClient, Client

log = logging.getLogger("app")
done = threading.Event()
tasks = Celery("tasks")
tasks.conf.task_always_eager = True

@tasks.task
def task():
    log.info("in the task")

def quiet(request):
    log.info("quiet")
    return HttpResponse("ok")

def seen(request):
    log.info("before")
    request.user.is_authenticated
    log.info("after")
    labotel.emit(telemetry.Ordered(size="small", order_id=1))
    return HttpResponse("ok")

async def seen_async(request):
    log.info("before")
    await request.auser()
    log.info("after")
    return HttpResponse("ok")

def login(request):
    log.info("before")
    auth.login(request, auth.get_user_model().objects.get(pk=17))
    log.info("after")
    return HttpResponse("ok")

def logout(request):
    request.user.is_authenticated
    log.info("in")
    auth.logout(request)
    log.info("out")
    return HttpResponse("ok")

def later(request):
    request.user.is_authenticated
    def wait():
        done.wait(20)
        log.info("later")
    request.thread = threading.Thread(target=wait)
    request.thread.start()
    globals()["thread"] = request.thread
    return HttpResponse("ok")

def eager(request):
    request.user.is_authenticated
    task.delay()
    log.info("after the task")
    return HttpResponse("ok")

class Odd:
    @property
    def pk(self):
        raise RuntimeError("odd: someone@example.org")

def odd(request):
    request.user = Odd()
    log.info("odd")
    return HttpResponse("ok")

urlpatterns = [path(f"{v.__name__}/", v)
               for v in (quiet, seen, seen_async, login, logout, later, eager, odd)]
call_command("migrate", verbosity=0)
auth.get_user_model().objects.create(pk=17, username="someone@example.org")
signed = Client()
signed.force_login(auth.get_user_model().objects.get(pk=17))
"""
PERSON = Pseudonyms(b"tests").of("17")
ACTOR = "enduser.pseudo.id"


@pytest.fixture
def environment(environment: dict[str, str], tmp_path: Path) -> dict[str, str]:
    """The environment, with a database that every thread sees."""
    return environment | {"PROJECT_DATABASE": str(tmp_path / "database")}


def ask(env: dict[str, str], body: str, instrument: str = "None") -> None:
    """Run requests in a process of their own."""
    head = f"INSTRUMENT = {instrument}\nfrom project import telemetry\n"
    # Celery's own imports warn of what others have made obsolete.
    python(head + "import warnings; warnings.simplefilter('default')\n" + SETUP + body
           + "\nlabotel.shutdown()", env)  # fmt: skip


def lines(receiver: Receiver) -> dict[str, Any]:
    """Return who is said by each line."""
    return {str(r.body): r.attributes.get(ACTOR) for r in receiver.logs if r.scope == "app"}


def served(receiver: Receiver, name: str) -> Any:
    """Return who is said by the span of a request."""
    (span,) = [s for s in receiver.spans if s.kind == "SERVER" and s.name == f"GET {name}/"]
    return span.attributes.get(ACTOR)


def test_a_user_that_nobody_looked_at_is_not_loaded(
    receiver: Receiver, environment: dict[str, str]
) -> None:
    """Signed in, but the view does not ask: no actor, and no query for the user."""
    ask(environment, 'signed.get("/quiet/")')
    assert lines(receiver) == {"quiet": None}
    assert served(receiver, "quiet") is None
    (span,) = [s for s in receiver.spans if s.kind == "SERVER"]
    assert [s.name for s in receiver.spans if s.trace_id == span.trace_id and s is not span] == []


@pytest.mark.parametrize("instrument", ["None", "['logging', 'opentelemetry-django']"])
def test_a_user_is_known_from_when_the_application_looks(
    receiver: Receiver, environment: dict[str, str], instrument: str
) -> None:
    """The line before has nobody; the one after, the event's record and the span have the person.

    So it is with OpenTelemetry's own request spans; no metric has it, nothing has the name.
    """
    ask(environment, 'signed.get("/seen/")', instrument)
    assert lines(receiver) == {"before": None, "after": PERSON}
    assert served(receiver, "seen") == PERSON
    (record,) = [r for r in receiver.logs if r.event_name == "shop.ordered"]
    assert record.attributes[ACTOR] == PERSON
    assert receiver.points and PERSON not in repr(receiver.points)
    assert ACTOR not in repr(receiver.points)
    assert "someone@example.org" not in repr([receiver.spans, receiver.logs, receiver.points])


def test_an_asynchronous_view_has_an_actor(receiver: Receiver, environment: dict[str, str]) -> None:
    """`auser` loads the user where a coroutine asks."""
    ask(environment, """
client = AsyncClient()
client.cookies = signed.cookies
asyncio.run(client.get("/seen_async/"))
""")  # fmt: skip
    assert lines(receiver) == {"before": None, "after": PERSON}
    assert served(receiver, "seen_async") == PERSON


def test_who_signs_in_or_out_is_the_actor_of_that_moment(
    receiver: Receiver, environment: dict[str, str]
) -> None:
    """A stranger signs in; somebody signs out."""
    ask(environment, 'Client().get("/login/"); signed.get("/logout/")')
    assert lines(receiver) == {"before": None, "after": PERSON, "in": PERSON, "out": None}
    assert served(receiver, "login") == PERSON


def test_nobody_is_the_actor_of_a_strangers_request_or_of_none(
    receiver: Receiver, environment: dict[str, str]
) -> None:
    """Also after another's request in the same thread."""
    ask(environment, """
signed.get("/eager/")
log.info("between")
Client().get("/seen/")
log.info("outside")
""")  # fmt: skip
    assert lines(receiver) == {
        "in the task": PERSON, "after the task": PERSON, "between": None,
        "before": None, "after": None, "outside": None,
    }  # fmt: skip
    assert served(receiver, "seen") is None


def test_an_eager_task_is_its_callers(receiver: Receiver, environment: dict[str, str]) -> None:
    """Its span and line have the actor, and the caller still has it after the task."""
    ask(environment, 'signed.get("/eager/")')
    assert lines(receiver) == {"in the task": PERSON, "after the task": PERSON}
    (span,) = [s for s in receiver.spans if s.name.startswith("run/")]
    assert span.attributes[ACTOR] == PERSON


def test_a_thread_that_outlives_its_request_keeps_its_actor(
    receiver: Receiver, environment: dict[str, str]
) -> None:
    """The request itself is gone by then: nothing of labotel's holds it."""
    ask(environment, """
import gc, weakref
from django.core.handlers.wsgi import WSGIRequest
signed.get("/later/")
gc.collect()
assert not [o for o in gc.get_objects() if type(o) is WSGIRequest and o.path == "/later/"]
done.set()
thread.join()
""")  # fmt: skip
    assert lines(receiver) == {"later": PERSON}


def test_a_user_that_raises_is_nobody(receiver: Receiver, environment: dict[str, str]) -> None:
    """An application's own class may do anything: the request and the line are as they were."""
    ask(environment, 'assert signed.get("/odd/").status_code == 200')
    assert lines(receiver) == {"odd": None}
    assert served(receiver, "odd") is None
