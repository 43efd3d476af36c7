"""The gate in a site with users, sessions, a cache and transactions: none of them is touched."""

import json
from pathlib import Path
from typing import Any

import pytest

from running import python

SITE = """
import labotel
from project import telemetry
SECRET_KEY = "only for tests"
ALLOWED_HOSTS = ["*"]
ROOT_URLCONF = "project.urls"
INSTALLED_APPS = ["django.contrib.contenttypes", "django.contrib.auth", "django.contrib.sessions"]
MIDDLEWARE = [
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
]
DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}}
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
USE_TZ = True
LABOTEL = {"metrics_access": "permission", "metrics_permission": "auth.view_user"}
labotel.configure(catalogs=[telemetry.catalog])
"""

PEOPLE = """
import json, os, django
django.setup()
import labotel
from django.conf import settings
from django.core.management import call_command
from django.test import Client, override_settings
call_command("migrate", verbosity=0)
from django.contrib.auth.models import Permission, User
from django.contrib.sessions.models import Session
def client(name=None, *permissions, **more):
    made = Client(raise_request_exception=True)
    if name:
        user = User.objects.create_user(name, **more)
        user.user_permissions.set(Permission.objects.filter(codename__in=permissions))
        made.force_login(user)
    return made
"""


@pytest.fixture
def site(environment: dict[str, str], tmp_path: Path) -> Any:
    """Run a body in a site with users, whose pages need a permission."""
    (tmp_path / "site_settings.py").write_text(SITE)
    env = environment | {"DJANGO_SETTINGS_MODULE": "site_settings"}
    env["PYTHONPATH"] += f":{tmp_path}"

    def run(body: str, **more: str) -> Any:
        return json.loads(python(PEOPLE + body, env | more))

    return run


def test_a_permission_of_djangos_opens_the_pages(site: Any) -> None:
    """To who is signed in and has it: by a grant or as a superuser, not when inactive."""
    statuses = site(
        """
print(json.dumps({name: made.get("/metrics").status_code for name, made in {
    "stranger": client(), "without": client("w"), "other": client("o", "add_user"),
    "granted": client("g", "view_user"), "superuser": client("s", is_superuser=True),
    "inactive": client("i", "view_user", is_active=False),
    "inactive superuser": client("x", is_superuser=True, is_active=False),
}.items()} | {"vary": client().get("/metrics").headers["Vary"]}))
"""
    )
    assert statuses.pop("vary") == "Authorization, Cookie"  # as under the other rules
    assert {name for name, status in statuses.items() if status == 200} == {"granted", "superuser"}
    assert {status for name, status in statuses.items()} == {200, 403}


def test_no_users_no_entrance_and_no_exception(site: Any) -> None:
    """No middleware, no permissions, a session store or a database that is away: forbidden."""
    statuses = site(
        """
from django.db import connection
def user_of_another_kind(get_response):
    def middleware(request):
        request.user = type("User", (), {"is_authenticated": True})()
        return get_response(request)
    return middleware
import site_settings
site_settings.user_of_another_kind = user_of_another_kind
granted = client("g", "view_user")
found = [granted.get("/metrics").status_code]
for middleware in ([], ["site_settings.user_of_another_kind"]):
    with override_settings(MIDDLEWARE=middleware):
        other = Client()  # middleware is loaded once by each
        other.cookies = granted.cookies
        found.append(other.get("/metrics").status_code)
site_settings.Lenient = type("Lenient", (), {
    "has_perm": lambda self, user, permission, obj=None: True, "get_user": lambda self, pk: None,
})
with override_settings(AUTHENTICATION_BACKENDS=["site_settings.Lenient"]):
    found.append(Client().get("/metrics").status_code)  # nobody, who has every permission
with connection.cursor() as cursor:
    cursor.execute("DROP TABLE django_session")
found.append(granted.get("/metrics").status_code)
print(json.dumps(found))
"""
    )
    assert statuses == [200, 403, 403, 403, 403]


def test_a_page_touches_no_session_and_sets_no_cookie(site: Any) -> None:
    """Of a visitor who has one, too: only the rule `permission` looks at who they are."""
    before, after, cookies, queries = site(
        """
from django.db import connection
from django.test.utils import CaptureQueriesContext
granted = client("g", "view_user")
fresh = client()
look = lambda: [[s.session_key, s.session_data, str(s.expire_date)] for s in Session.objects.all()]
before = look()
with CaptureQueriesContext(connection, ) as queries:
    answers = [c.get(p) for c in (granted, fresh) for p in ("/metrics", "/status")]
assert {a.status_code for a in answers} == {403}
print(json.dumps([before, look(), [list(a.cookies) for a in answers], len(queries)]))
""",
        LABOTEL_METRICS_TOKEN="sesame",
        LABOTEL_METRICS_ACCESS="token",
    )
    assert before == after and before
    assert cookies == [[]] * 4
    assert queries == 0


def test_a_cache_of_the_whole_site_keeps_no_page(site: Any) -> None:
    """What one who was let in has seen is not answered to the next."""
    statuses = site(
        """
cached = ["django.middleware.cache.UpdateCacheMiddleware",
          "django.middleware.cache.FetchFromCacheMiddleware"]
with override_settings(MIDDLEWARE=cached):
    print(json.dumps([Client().get("/metrics", REMOTE_ADDR=a).status_code
                      for a in ("10.0.0.1", "10.0.0.2", "10.0.0.1")]))
""",
        LABOTEL_METRICS_ACCESS="addresses",
        LABOTEL_METRICS_ADDRESSES="10.0.0.1",
    )
    assert statuses == [200, 403, 200]


def test_a_page_is_there_when_the_database_is_not(environment: dict[str, str], tmp_path) -> None:
    """With a transaction a request by the settings, none is begun for a page."""
    (tmp_path / "away_settings.py").write_text(
        SITE.replace('"NAME": ":memory:"', '"NAME": "/nowhere/at/all", "ATOMIC_REQUESTS": True')
    )
    env = environment | {"DJANGO_SETTINGS_MODULE": "away_settings"}
    env |= {"LABOTEL_METRICS_ACCESS": "open"}
    env["PYTHONPATH"] += f":{tmp_path}"
    out = python(
        """
import django
django.setup()
from django.test import Client
client = Client(raise_request_exception=False)
print(client.get("/order/1/").status_code, client.get("/metrics").status_code,
      client.get("/status").status_code)
""",
        env,
    )
    assert out.split() == ["500", "200", "200"]
