"""Requests straight into Django's handler: the loop that is measured, the same for every side."""

import logging
from collections.abc import Callable
from io import BytesIO
from typing import Any, Final

import django
from django.conf import settings

from benchmarks.measured import Run, measure
from benchmarks.workload.completed import COUNTER, HISTOGRAM, completed

REQUESTS: Final = 1_500
WARM: Final = 200
PROTOCOLS: Final = 20
QUERIES: Final = 3

_ENVIRON: Final[dict[str, Any]] = {
    "REQUEST_METHOD": "GET",
    "SCRIPT_NAME": "",
    "QUERY_STRING": "",
    "SERVER_NAME": "127.0.0.1",
    "SERVER_PORT": "8000",
    "SERVER_PROTOCOL": "HTTP/1.1",
    "REMOTE_ADDR": "127.0.0.1",
    "HTTP_HOST": "127.0.0.1:8000",
    "HTTP_USER_AGENT": "bench",
    "HTTP_ACCEPT": "text/html",
    "wsgi.version": (1, 0),
    "wsgi.url_scheme": "http",
    "wsgi.multithread": True,
    "wsgi.multiprocess": True,
    "wsgi.run_once": False,
}


def set_up_django() -> None:
    """Give Django its settings; logging goes nowhere but is on."""
    settings.configure(
        SECRET_KEY="bench",
        ALLOWED_HOSTS=["127.0.0.1"],
        ROOT_URLCONF="benchmarks.workload.site",
        MIDDLEWARE=["django.middleware.common.CommonMiddleware"],
        DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}},
        DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
        LOGGING_CONFIG=None,
    )
    logging.basicConfig(level=logging.INFO, handlers=[logging.NullHandler()])


def requesting(handler: Callable[..., Any], number: int) -> None:
    """Make so many requests and consume their responses."""
    for i in range(number):
        path = f"/protocols/{i % PROTOCOLS + 1}/"
        environ = {**_ENVIRON, "PATH_INFO": path, "wsgi.input": BytesIO()}
        response = handler(environ, _started)
        body = b"".join(response)
        response.close()
        assert body.startswith(b"canine"), body


def _started(status: str, headers: list[tuple[str, str]], info: Any = None) -> Any:
    assert status == "200 OK", status


def prepare(say: Callable[[Any], None] | None, prepared: Callable[..., Any]) -> Any:
    """Return a handler whose view says one event, by `say`, of `prepared` values."""
    django.setup()
    from django.core.handlers.wsgi import WSGIHandler

    from benchmarks.workload import site

    site.fill(PROTOCOLS)
    events = [prepared(*values) for values in completed(PROTOCOLS + 1)]
    if say is not None:
        site.say.append(lambda pk: say(events[pk]))
    return WSGIHandler()


def run(
    say: Callable[[Any], None] | None,
    prepared: Callable[..., Any],
    flush: Callable[[], object],
    shutdown: Callable[[], object],
    own: dict[str, int],
) -> None:
    """Warm up, measure and print one run; `own` are the metrics that one side alone has."""
    handler = prepare(say, prepared)
    requesting(handler, WARM)
    made = Run(REQUESTS, expected(own) if say is not None else _nothing())
    measure(made, lambda a, b: requesting(handler, b - a), flush, shutdown)


def expected(own: dict[str, int]) -> dict[str, int]:
    """Return what the receiver must count for one run of an observed side."""
    total = WARM + REQUESTS
    return {
        "spans": (1 + QUERIES) * REQUESTS,
        "span_events": REQUESTS,
        "logs": 2 * REQUESTS,
        COUNTER: total,
        HISTOGRAM: total,
        **{metric: each * total for metric, each in own.items()},
    }


def _nothing() -> dict[str, int]:
    return {"spans": 0, "logs": 0, "points": 0}
