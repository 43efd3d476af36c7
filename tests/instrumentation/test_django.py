"""Django beyond gunicorn: the development server, ASGI, the packaged instrumentation, faults."""

import json
import sys
from pathlib import Path

from conftest import Start
from labotel.viewer.receiver import Receiver
from running import end, free_port, get, python, wait_for_page

SETUP = """
import os
os.environ["DJANGO_SETTINGS_MODULE"] = "project.settings"
import django
django.setup()
import labotel
from django.test import AsyncClient, Client
"""


def test_the_development_server_is_observed(
    receiver: Receiver, environment: dict[str, str], start: Start
) -> None:
    """`runserver` with its autoreloader: two processes, one of which serves; one trace each."""
    port = free_port()
    env = environment | {"DJANGO_SETTINGS_MODULE": "project.settings"}
    server = start(sys.executable, "-m", "django", "runserver", f"127.0.0.1:{port}", env=env)
    wait_for_page(f"http://127.0.0.1:{port}", server)
    get(f"http://127.0.0.1:{port}/order/3/")
    store = receiver.store
    assert store.wait_for(lambda: store.total("orders_total") == 1, 10)
    end(server)
    assert [s.name for s in store.spans if s.kind == "SERVER"] == ["GET order/<int:number>/"]


def test_an_asynchronous_handler_is_observed(
    receiver: Receiver, environment: dict[str, str]
) -> None:
    """The same request through Django's ASGI handler is one span, one count."""
    python(
        SETUP
        + """
import asyncio
async def main():
    return await AsyncClient().get("/order/5/")
assert asyncio.run(main()).status_code == 200
labotel.shutdown()
""",
        environment,
    )
    assert receiver.store.total("http_requests_total", status="200") == 1
    assert [s.name for s in receiver.spans if s.kind == "SERVER"] == ["GET order/<int:number>/"]


def test_an_incoming_trace_goes_on(receiver: Receiver, environment: dict[str, str]) -> None:
    """A traceparent header makes the request's span a child of its sender's."""
    python(
        SETUP
        + """
Client().get("/order/5/", headers={"traceparent": "00-" + "a" * 32 + "-" + "b" * 16 + "-01"})
labotel.shutdown()
""",
        environment,
    )
    span = next(s for s in receiver.spans if s.kind == "SERVER")
    assert (span.trace_id, span.parent_span_id) == ("a" * 32, "b" * 16)


def test_bad_hosts_and_methods_are_one_value_each(
    receiver: Receiver, environment: dict[str, str]
) -> None:
    """A request that no route takes, and a method of its own making, make no new series."""
    python(
        SETUP
        + """
from django.conf import settings
settings.ALLOWED_HOSTS = ["here"]
client = Client(raise_request_exception=False)
for n in range(5):
    client.get(f"/unknown/{n}/", headers={"host": "here"})
    client.generic(f"EVIL{n}", f"/unknown/{n}/", headers={"host": "here"})
labotel.shutdown()
""",
        environment,
    )
    store = receiver.store
    labels = {
        (p.attributes["method"], p.attributes["endpoint"], p.attributes["status"]): p.value
        for p in store.points
        if p.name == "http_requests_total"
    }
    assert labels == {("GET", "unmatched", "404"): 5, ("other", "unmatched", "404"): 5}


def test_queries_say_their_shape_and_never_their_values(
    receiver: Receiver, environment: dict[str, str]
) -> None:
    """A statement's literals are not on its span; a failing one is an error span."""
    python(
        SETUP
        + """
from django.db import connection
with connection.cursor() as cursor:
    cursor.execute("SELECT 'someone@example.org', 4711")
    try:
        cursor.execute("SELECT * FROM patients WHERE name = 'Rex'")
    except Exception:
        pass
labotel.shutdown()
""",
        environment,
    )
    texts = {s.attributes["db.query.text"]: s for s in receiver.spans}
    assert set(texts) == {"SELECT ?, ?", "SELECT * FROM patients WHERE name = ?"}
    assert texts["SELECT * FROM patients WHERE name = ?"].status == "ERROR"
    assert receiver.store.total("database_query_duration_seconds", table="patients") == 1


def test_the_packaged_instrumentation_can_be_chosen(
    receiver: Receiver, environment: dict[str, str]
) -> None:
    """`opentelemetry-django` makes the spans; labotel's metrics of requests stay."""
    env = environment | {"LABOTEL_INSTRUMENT": "logging,opentelemetry-django"}
    env["OTEL_SEMCONV_STABILITY_OPT_IN"] = "http"
    python(SETUP + "Client().get('/order/5/'); labotel.shutdown()", env)
    span = next(s for s in receiver.spans if s.kind == "SERVER")
    assert span.scope.startswith("opentelemetry.instrumentation.django")
    assert [event.name for event in span.events] == ["shop.ordered"]
    assert receiver.store.total("http_requests_total", status="200") == 1


def test_integrations_can_be_switched_off(receiver: Receiver, environment: dict[str, str]) -> None:
    """With `instrument=[]`-like settings requests make neither spans nor metrics."""
    python(
        SETUP + "Client().get('/order/5/'); labotel.shutdown()",
        environment | {"LABOTEL_INSTRUMENT": "logging"},
    )
    assert receiver.store.total("orders_total") == 1
    assert [s for s in receiver.spans if s.kind == "SERVER"] == []
    assert receiver.store.total("http_requests_total") == 0


def test_shutdown_gives_django_its_own_methods_back(environment: dict[str, str]) -> None:
    """Every integration that connects can disconnect."""
    out = python(
        """
import os, json
os.environ["DJANGO_SETTINGS_MODULE"] = "project.settings"
os.environ["PROJECT_CONFIGURE"] = "never"
import django
django.setup()
from django.core.handlers.base import BaseHandler
from django.db import connection
before = (BaseHandler.get_response, BaseHandler.get_response_async)
connection.ensure_connection()
import labotel
labotel.configure()
during = BaseHandler.get_response is not before[0], len(connection.execute_wrappers)
labotel.shutdown()
after = (BaseHandler.get_response, BaseHandler.get_response_async) == before
print(json.dumps([*during, after, len(connection.execute_wrappers)]))
""",
        environment,
    )
    assert json.loads(out) == [True, 1, True, 0]


def test_what_others_put_on_top_outlives_shutdown(
    receiver: Receiver, environment: dict[str, str]
) -> None:
    """Another tool's wrappings stay in force; configured again, a request and a line are one."""
    out = python(
        SETUP
        + """
import json, logging
from django.core.handlers.base import BaseHandler
Client().get("/order/5/")
seen = []
def on_top(kind, name):
    below = getattr(kind, name)
    def wrapper(*args):
        seen.append(name)
        return below(*args)
    setattr(kind, name, wrapper)
on_top(BaseHandler, "get_response")
on_top(logging.Logger, "callHandlers")
def work():
    seen.clear()
    Client().get("/order/6/")
    logging.getLogger("app").error("said")
    return sorted(set(seen))
labotel.shutdown()
told = [work()]
from project.telemetry import catalog
labotel.configure(catalogs=[catalog])
told.append(work())
labotel.shutdown()
print(json.dumps(told))
""",
        environment,
    )
    assert json.loads(out) == [["callHandlers", "get_response"]] * 2
    assert len([s for s in receiver.spans if s.kind == "SERVER"]) == 2
    assert [log.body for log in receiver.logs if log.scope == "app"] == ["said"]


def test_djangos_dictionary_is_judged_when_the_apps_are_ready(
    environment: dict[str, str], tmp_path: Path
) -> None:
    """What is wrong in LABOTEL raises under DEBUG, naming the key and the nearest setting."""
    (tmp_path / "wrong_settings.py").write_text(
        "import labotel\nDEBUG = True\nSECRET_KEY = 'x'\nINSTALLED_APPS = []\nUSE_TZ = True\n"
        "labotel.configure()\nLABOTEL = {'service_nam': 'lab', 'metrics_access': 'everyone', "
        "'instrument': ['logging']}\n"
    )
    env = environment | {"DJANGO_SETTINGS_MODULE": "wrong_settings"}
    env["PYTHONPATH"] += f":{tmp_path}"
    out = python(
        """
import django
try:
    django.setup()
except Exception as error:
    print(error)
""",
        env,
    )
    assert "LABOTEL['service_nam'] is no setting (did you mean 'service_name'?)" in out
    assert "allowed: 'debug', 'token', 'addresses', 'permission', 'open'" in out
    assert "LABOTEL['instrument'] comes when the integrations are connected already" in out


def test_configure_may_stand_above_the_databases(
    receiver: Receiver, environment: dict[str, str], tmp_path: Path
) -> None:
    """Under manage.py `django.db` is imported before the settings: they are looked at later."""
    (tmp_path / "early_settings.py").write_text(
        "import labotel\nSECRET_KEY = 'x'\nINSTALLED_APPS = []\nUSE_TZ = True\n"
        "labotel.configure()\n"
        "DATABASES = {'default': {'ENGINE': 'django.db.backends.sqlite3', 'NAME': ':memory:'}}\n"
    )
    env = environment | {"DJANGO_SETTINGS_MODULE": "early_settings"}
    env["PYTHONPATH"] += f":{tmp_path}"
    python(
        """
import django.db
django.setup()
with django.db.connection.cursor() as cursor:
    cursor.execute("SELECT 1")
import labotel
assert labotel.shutdown()
""",
        env,
    )
    assert receiver.store.total("database_query_duration_seconds") == 1


def test_what_is_said_before_the_apps_are_ready_waits_for_the_settings(
    receiver: Receiver, environment: dict[str, str], tmp_path: Path
) -> None:
    """A log line while the settings load breaks nothing, and goes where LABOTEL says."""
    endpoint = environment.pop("OTEL_EXPORTER_OTLP_ENDPOINT")
    (tmp_path / "talking_settings.py").write_text(
        "import logging, labotel\nSECRET_KEY = 'x'\nINSTALLED_APPS = []\nUSE_TZ = True\n"
        "labotel.configure()\nlogging.getLogger('app').warning('early')\n"
        f"LABOTEL = {{'endpoint': {endpoint!r}}}\n"
    )
    env = environment | {"DJANGO_SETTINGS_MODULE": "talking_settings"}
    env["PYTHONPATH"] += f":{tmp_path}"
    python("import django; django.setup(); import labotel; assert labotel.shutdown()", env)
    assert [log.body for log in receiver.logs if log.scope == "app"] == ["early"]
