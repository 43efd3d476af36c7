"""A Django site and a Celery application that are given every canary: `privacy.application`."""

import logging
import os
from types import SimpleNamespace
from typing import Any

import django
from celery import Celery
from django.conf import settings
from django.core import mail
from django.core.wsgi import get_wsgi_application
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.urls import include, path, re_path

import labotel
from privacy import declared, ways
from privacy.corpus import CANARIES
from project import whole

own = logging.FileHandler(os.environ["PRIVACY_OWN_LINES"])
logging.getLogger("labotel").addHandler(own)

settings.configure(
    SECRET_KEY="only for tests",
    ALLOWED_HOSTS=["*"],
    ROOT_URLCONF=__name__,
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}},
    EMAIL_BACKEND="django.core.mail.backends.locmem.EmailBackend",
    USE_TZ=True,
    LABOTEL={"metrics_access": "open"},
)
labotel.configure(catalogs=[declared.catalog])
django.setup()
ways.observing()
logger = logging.getLogger("privacy.site")
broker = os.environ["PRIVACY_BROKER"]
whole.use()
app = Celery("privacy", broker="filesystem://")
app.conf.update(
    broker_transport_options={
        "data_folder_in": broker, "data_folder_out": broker, "control_folder": f"{broker}/control",
        "polling_interval": 0.02,
    },
    task_ignore_result=True,
)  # fmt: skip


@app.task(bind=True, max_retries=1)
def worked(self: Any, text: str, known: bool, *, note: str) -> str:
    """Take a canary in, say it, retry by it, and give it back as a result."""
    if self.request.retries == 0 and known:
        raise self.retry(countdown=0, exc=ways.Refused(text))
    ways.go(text, known)
    return note


@app.task
def broke(text: str) -> None:
    """Fail by a canary."""
    raise ways.Refused(text)


def take(request: HttpRequest, index: str, rest: str = "") -> HttpResponse:
    """Take in a canary with all that a request has."""
    canary = CANARIES[int(index)]
    request.user = SimpleNamespace(username=canary.text, is_authenticated=True)  # type: ignore[assignment]
    assert request.POST["note"] == canary.text and request.FILES
    uploaded = request.FILES["file"].name
    mail.send_mail(
        canary.text.replace("\n", " "), canary.text, "lab@example.org", ["a@example.org"]
    )
    with connection.cursor() as cursor:
        cursor.execute("SELECT %s", [canary.text])
        cursor.execute("SELECT '" + canary.text.replace("'", "''").replace("%", "%%") + "'", [])
    ways.go(canary.text, canary.known)
    worked.apply_async((canary.text, canary.known), {"note": canary.text}, **_named(canary))
    if canary.known:
        broke.delay(canary.text)
        logger.info("uploaded %s by %s", uploaded, request.user.username)
        logger.info("to %s from %s", request.path, request.META["REMOTE_ADDR"])
        logger.info("note: %s", request.headers.get("X-Note"))
        with connection.cursor() as cursor:
            column = canary.text.replace("%", "%%").replace('"', '""')
            cursor.execute(f'SELECT "{column}" FROM missing', [])
    return HttpResponse("taken")


def _named(canary: Any) -> dict[str, Any]:
    return (
        {"task_id": f"id {canary.text}", "headers": {"note": canary.text}} if canary.known else {}
    )


urlpatterns = [
    path("", include("labotel.instrumentation.django.urls")),
    re_path(r"^take/(?P<index>\d+)/(?P<rest>[\s\S]*)$", take),
]
application = get_wsgi_application()
