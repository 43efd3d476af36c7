"""The gate before labotel's pages in Django: who is let in, and what the others are told."""

import json
from pathlib import Path
from typing import Any

import pytest

from labotel.viewer.receiver import Receiver
from running import python

from .conftest import RunDjango

PAGES = ["/metrics", "/metrics/", "/status", "/status/"]

ASK = """
from django.test import Client, override_settings
def ask(path, method="GET", **more):
    answer = Client().generic(method, path, **more)
    return [answer.status_code, answer.content.decode(), dict(answer.headers)]
PAGES = ["/metrics", "/metrics/", "/status", "/status/"]
"""


def told(run: RunDjango, body: str, **more: str) -> Any:
    """Run a body that asks for pages, and return the JSON that it printed."""
    return json.loads(run(ASK + body, **more))


RULES = {
    "debug": {"LABOTEL_METRICS_ACCESS": "debug"},
    "token": {"LABOTEL_METRICS_ACCESS": "debug", "LABOTEL_METRICS_TOKEN": "sesame"},
    "addresses": {
        "LABOTEL_METRICS_ACCESS": "addresses", "LABOTEL_METRICS_ADDRESSES": "10.0.0.0/8",
    },
    "permission": {"LABOTEL_METRICS_ACCESS": "permission", "LABOTEL_METRICS_PERMISSION": "a.b"},
    "disabled": {"OTEL_SDK_DISABLED": "true"},
}  # fmt: skip


@pytest.mark.timeout(300)  # five processes, one after another
def test_a_stranger_is_told_one_thing_whatever_the_rule_is(run_django: RunDjango) -> None:
    """Each page, each rule, wrong keys of each kind, HEAD and OPTIONS: the same status and text.

    The same headers too; and with labotel disabled, the same again.
    """
    heard = []
    for environment in RULES.values():
        heard += told(
            run_django,
            """
tries = [
    {}, {"HTTP_AUTHORIZATION": "Bearer wrong"}, {"REMOTE_ADDR": ""},
    {"HTTP_X_FORWARDED_FOR": "10.0.0.1", "HTTP_X_REAL_IP": "10.0.0.1",
     "HTTP_FORWARDED": "for=10.0.0.1"},
    {"HTTP_COOKIE": "sessionid=0123456789abcdef"},
]
found = [ask(path, **more) for path in PAGES for more in tries]
found += [ask(path, method) for path in PAGES for method in ("HEAD", "OPTIONS")]
for one in found:
    one[2].pop("Expires"), one[2].pop("Content-Length", None)  # the present moment; HEAD's body
print(json.dumps(found))
""",
            **environment,
        )
    assert {status for status, _, _ in heard} == {403}
    assert {text for _, text, _ in heard} == {"forbidden\n", ""}
    kinds = {json.dumps(headers, sort_keys=True) for _, _, headers in heard}
    assert len(kinds) == 1, kinds
    headers = json.loads(kinds.pop())
    assert "no-store" in headers["Cache-Control"] and "private" in headers["Cache-Control"]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Vary"] == "Authorization, Cookie"  # as where a session was looked at
    assert "Set-Cookie" not in headers


def test_who_has_the_key_sees_every_page(run_django: RunDjango) -> None:
    """By a token, by an address (on a socket for both families too), and under DEBUG."""
    keys = {
        "token": {"HTTP_AUTHORIZATION": "Bearer sesame"},
        "addresses": {"REMOTE_ADDR": "::ffff:10.1.2.3"},
    }
    for name, key in keys.items():
        body = f"print(json.dumps([ask(p, **{key!r}) for p in PAGES]))"
        answers = told(run_django, body, **RULES[name])
        assert [status for status, _, _ in answers] == [200] * 4
        assert "# TYPE" in answers[0][1] and answers[0][1].count("# EOF") == 0
        assert all("no-store" in headers["Cache-Control"] for _, _, headers in answers)
    debug = """
with override_settings(DEBUG=True):
    print(json.dumps([ask(p) for p in PAGES]))
"""
    assert [a[0] for a in told(run_django, debug, **RULES["debug"])] == [200] * 4


def test_what_changes_nothing_needs_no_exemption(run_django: RunDjango) -> None:
    """GET, HEAD and OPTIONS alone; Django's check for forged requests is in force, and idle."""
    answers = told(
        run_django,
        """
checked = {"MIDDLEWARE": ["django.middleware.csrf.CsrfViewMiddleware"]}
methods = ("GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE", "TRACE", "EVIL")
plain = {m: ask("/metrics", m) for m in methods}
with override_settings(**checked):
    strict = Client(enforce_csrf_checks=True)
    got, posted = strict.get("/metrics"), strict.post("/metrics")
from labotel.instrumentation.django import views
print(json.dumps([plain, got.status_code, list(got.cookies), posted.status_code,
                  hasattr(views.metrics, "csrf_exempt")]))
""",
    )
    plain, got, cookies, posted, exempt = answers
    safe = {"GET", "HEAD", "OPTIONS"}
    assert {m: s for m, (s, _, _) in plain.items()} == {m: 200 if m in safe else 405 for m in plain}
    assert plain["POST"][2]["Allow"] == plain["OPTIONS"][2]["Allow"] == "GET, HEAD, OPTIONS"
    assert plain["OPTIONS"][1] == ""
    assert (got, cookies, posted, exempt) == (200, [], 403, False)


def test_a_scanner_does_not_fill_the_log(run_django: RunDjango) -> None:
    """Eight threads knock 50 times each: one line, with the setting and nothing of theirs."""
    lines = told(
        run_django,
        """
import logging, threading
kept = []
class Keep(logging.Handler):
    def emit(self, record): kept.append(record.getMessage())
logging.getLogger("labotel").addHandler(Keep())
def knock():
    for n in range(50):
        assert ask("/metrics", HTTP_AUTHORIZATION=f"Bearer secret{n}", REMOTE_ADDR="192.0.2.9",
                   QUERY_STRING="q=%0Aforged")[0] == 403
threads = [threading.Thread(target=knock) for _ in range(8)]
[t.start() for t in threads]; [t.join() for t in threads]
from labotel.instrumentation import hints
hints._hinted -= hints.HINT_EVERY  # a minute later
ask("/status")
print(json.dumps([line for line in kept if "is closed" in line]))
""",
        LABOTEL_METRICS_TOKEN="sesame",
        LABOTEL_METRICS_ACCESS="token",
    )
    assert len(lines) == 2
    assert "/metrics is closed" in lines[0] and "/status is closed" in lines[1]
    assert "LABOTEL_METRICS_TOKEN" in lines[0]
    for secret in ("sesame", "secret", "192.0.2.9", "forged"):
        assert secret not in "".join(lines)


def test_a_filter_of_the_applications_that_raises_opens_nothing(run_django: RunDjango) -> None:
    """The hint costs nobody an answer."""
    answer = told(
        run_django,
        """
import logging
class Broken(logging.Filter):
    def filter(self, record): return record.user
logging.getLogger("labotel").addFilter(Broken())
print(json.dumps(ask("/metrics")))
""",
        LABOTEL_METRICS_ACCESS="token",
        LABOTEL_METRICS_TOKEN="sesame",
    )
    assert answer[:2] == [403, "forbidden\n"]


def test_under_debug_a_missing_configure_is_said(run_django: RunDjango) -> None:
    """To the developer: 503 with the reason; to anybody else it is closed like all the rest."""
    answers = told(
        run_django,
        """
with override_settings(DEBUG=True):
    open = ask("/metrics")
print(json.dumps([open, ask("/metrics")]))
""",
        OTEL_SDK_DISABLED="true",
    )
    assert [a[:2] for a in answers] == [
        [503, "labotel is not configured\n"], [403, "forbidden\n"],
    ]  # fmt: skip


def test_what_is_missing_is_said_once_djangos_settings_are_there(
    receiver: Receiver, environment: dict[str, str], tmp_path: Path
) -> None:
    """Not before: the token that the environment's rule needs may stand in LABOTEL."""
    out = {}
    for name, labotel in {"whole": {"metrics_token": "sesame"}, "half": {}}.items():
        (tmp_path / f"{name}_settings.py").write_text(
            "import labotel\nSECRET_KEY = 'x'\nINSTALLED_APPS = []\nUSE_TZ = True\n"
            f"labotel.configure(strict=True)\nLABOTEL = {labotel!r}\n"
        )
        env = environment | {
            "DJANGO_SETTINGS_MODULE": f"{name}_settings",
            "LABOTEL_METRICS_ACCESS": "token",
            "PYTHONPATH": f"{environment['PYTHONPATH']}:{tmp_path}",
        }
        script = "import django\ntry: django.setup()\nexcept Exception as e: print(e)\n"
        out[name] = python(script, env)
    assert out["whole"] == ""
    assert "metrics_token is not given" in out["half"]


def test_what_is_missing_is_said_where_there_is_no_django(environment: dict[str, str]) -> None:
    """At `configure`, with all else that is wrong."""
    out = python(
        """
import labotel
try:
    labotel.configure(strict=True, metrics_access="addresses", metric_interval="often")
except Exception as error:
    print(error)
""",
        environment,
    )
    assert "metrics_addresses is not given" in out and "metric_interval='often'" in out
