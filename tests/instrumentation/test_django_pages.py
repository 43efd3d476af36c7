"""The pages of a Django project: health, increments, exports, and where they stand."""

import csv
import io
import json
from typing import Any

import pytest

from .conftest import RunDjango

ASK = """
from django.test import Client, override_settings
KEY = {"HTTP_AUTHORIZATION": "Bearer sesame"}
def ask(path, method="GET", client=None, **more):
    answer = (client or Client()).generic(method, path, **more)
    return [answer.status_code, answer.content.decode(), dict(answer.headers)]
def add(body, **more):
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    given = {"data": data, "content_type": "application/json", **KEY, **more}
    return ask("/increment", "POST", **given)
def orders(size="small"):
    return total_here("orders_total", size=size)
def total_here(metric, **labels):
    found = json.loads(ask("/metrics/export.json", **KEY)[1])["metrics"]
    return sum(s["value"] for m in found if m["metric"] == metric
               for s in m["series"] if s["labels"] == labels)
"""
TOKEN = {
    "LABOTEL_METRICS_TOKEN": "sesame", "LABOTEL_METRICS_ACCESS": "token",
    "LABOTEL_INCREMENT_RATE": "1000",
}  # fmt: skip


def told(run: RunDjango, body: str, **more: str) -> Any:
    """Run a body that asks for pages, and return the JSON that it printed."""
    return json.loads(run(ASK + body, **{**TOKEN, **more}))


def test_a_counter_is_added_to_by_its_name_with_or_without_prefix(run_django: RunDjango) -> None:
    """The answer says what was added, and the next scrape has it; an order's number is no need."""
    body = """
answers = [add({"metric": "orders_total", "value": 2, "labels": {"size": "small"}}),
           add({"metric": "total", "labels": {"size": "large"}})]
print(json.dumps([answers, orders(), orders("large"), ask("/metrics", **KEY)[1]]))
"""
    answers, small, large, text = told(run_django, body)
    assert [a[0] for a in answers] == [200, 200]
    assert json.loads(answers[0][1]) == {
        "metric": "orders_total", "value": 2, "labels": {"size": "small"},
    }  # fmt: skip
    assert (small, large) == (2, 1)
    assert 'orders_total{size="small"} 2' in text


WRONG = [
    ({"metric": "nothing_total"}, 404, "metric", "orders_total"),
    ({"metric": 7}, 400, "metric", "orders_total"),
    ({"metric": "http_requests_total"}, 404, "metric", "orders_total"),
    ({"metric": "orders_total"}, 400, "labels.size", "'small', 'large'"),
    ({"metric": "orders_total", "labels": {"size": "huge"}}, 400, "labels.size", "'small'"),
    ({"metric": "orders_total", "labels": {"size": "small", "x": "y"}}, 400, "labels", "size"),
    ({"metric": "orders_total", "labels": ["small"]}, 400, "labels", "size"),
    ({"metric": "orders_total", "value": 0, "labels": {"size": "small"}}, 400, "value", "1"),
    ({"metric": "orders_total", "value": -1, "labels": {"size": "small"}}, 400, "value", "1"),
    ({"metric": "orders_total", "value": 1.5, "labels": {"size": "small"}}, 400, "value", "1"),
    ({"metric": "orders_total", "value": True, "labels": {"size": "small"}}, 400, "value", "1"),
    ({"metric": "orders_total", "value": "1", "labels": {"size": "small"}}, 400, "value", "1"),
    ({"metric": "orders_total", "valeu": 1, "labels": {"size": "small"}}, 400, "body", "value"),
    ([], 400, "body", "object"),
]


def test_what_is_wrong_is_named_and_nothing_is_counted(run_django: RunDjango) -> None:
    """The thing, its value and what is allowed, as JSON with a status of 4xx."""
    body = f"""
answers = [add(given) for given in {[given for given, *_ in WRONG]!r}]
answers += [add(b"{{"), add(b"{{}}" * 9000), add(b"\\xff"), add({{}}, content_type="text/plain")]
print(json.dumps([answers, orders(), orders("large")]))
"""
    answers, small, large = told(run_django, body)
    assert (small, large) == (0, 0)
    for (given, status, what, allowed), answer in zip(WRONG, answers, strict=False):
        said = json.loads(answer[1])
        assert (answer[0], said["what"]) == (status, what), given
        assert allowed in said["allowed"] and said["value"]
    assert [a[0] for a in answers[len(WRONG) :]] == [400, 413, 400, 415]
    assert "did you mean 'value'" in answers[12][1]


def test_seeing_is_not_enough_to_add(run_django: RunDjango) -> None:
    """Open pages, a listed address, debugging beside a token: forbidden, and nothing is counted."""
    body = """
given = {"metric": "orders_total", "labels": {"size": "small"}}
with override_settings(DEBUG=True):
    debugged = add(given, HTTP_AUTHORIZATION="")[0]
found = [add(given, HTTP_AUTHORIZATION="")[0], ask("/increment", HTTP_AUTHORIZATION="")[0]]
print(json.dumps([debugged, found, orders() if DEBUG is None else 0]))
"""
    for rules in (
        {"LABOTEL_METRICS_ACCESS": "open"},
        {"LABOTEL_METRICS_ACCESS": "addresses", "LABOTEL_METRICS_ADDRESSES": "127.0.0.1"},
        TOKEN,
    ):
        debugged, found, _ = json.loads(run_django(ASK + "DEBUG = 0\n" + body, **rules))
        assert (debugged, found) == (403, [403, 405])


def test_only_who_is_debugging_needs_djangos_token(run_django: RunDjango) -> None:
    """By a cookie another site's form could come: the bearer token alone goes without."""
    body = """
given = json.dumps({"metric": "orders_total", "labels": {"size": "small"}})
strict = Client(enforce_csrf_checks=True)
send = lambda **more: strict.generic(
    "POST", "/increment", given, "application/json", **more).status_code
with override_settings(DEBUG=True):
    forged = send()
    strict.cookies["csrftoken"] = "a" * 32
    right = send(HTTP_X_CSRFTOKEN="a" * 32)
    wrong = send(HTTP_X_CSRFTOKEN="b" * 32)
print(json.dumps([forged, right, wrong]))
"""
    bare = {"LABOTEL_METRICS_ACCESS": "debug", "LABOTEL_METRICS_TOKEN": ""}
    assert told(run_django, body, **bare) == [403, 200, 403]
    bearer = """
strict = Client(enforce_csrf_checks=True)
given = {"metric": "orders_total", "labels": {"size": "small"}}
print(json.dumps(add(given, client=strict)[0]))
"""
    assert told(run_django, bearer) == 200


def test_who_is_too_fast_is_told_when_to_come_again(run_django: RunDjango) -> None:
    """429 with Retry-After; what was refused is not counted."""
    body = """
given = {"metric": "orders_total", "labels": {"size": "small"}}
answers = [add(given) for _ in range(5)]
print(json.dumps([answers, orders()]))
"""
    answers, counted = told(run_django, body, LABOTEL_INCREMENT_RATE="0.01")
    assert [a[0] for a in answers] == [200, 429, 429, 429, 429]
    assert 1 <= int(answers[1][2]["Retry-After"]) <= 100
    assert counted == 1


def test_the_values_are_files(run_django: RunDjango) -> None:
    """As CSV and JSON, a row for each number, with the name of a file."""
    body = """
labotel.emit(Ordered(size="small", order_id=1))
print(json.dumps([ask("/metrics/export.csv", **KEY), ask("/metrics/export.json", **KEY),
                  ask("/metrics/export.csv")[0]]))
"""
    table, data, stranger = told(run_django, body)
    rows = list(csv.reader(io.StringIO(table[1])))
    assert rows[0] == ["metric", "type", "unit", "labels", "measure", "value"]
    assert ["orders_total", "counter", "", 'size="small"', "value", "1"] in rows
    assert table[2]["Content-Disposition"] == 'attachment; filename="metrics.csv"'
    [orders] = [m for m in json.loads(data[1])["metrics"] if m["metric"] == "orders_total"]
    assert {"labels": {"size": "small"}, "value": 1} in orders["series"]
    assert stranger == 403


def test_the_status_is_a_page_where_a_browser_asks(run_django: RunDjango) -> None:
    """HTML with a nonce of its own by Accept, else JSON: integrations, faults, what is measured."""
    body = """
page = ask("/status", HTTP_ACCEPT="text/html,application/xhtml+xml,*/*;q=0.8", **KEY)
from labotel.configure import present
present().pipeline.tally.fault("gauge_orders", ConnectionError("redis://u:secret@host"))
print(json.dumps([page, ask("/status", HTTP_ACCEPT="*/*", **KEY)]))
"""
    page, data = told(run_django, body)
    assert "<main>" in page[1] and "orders_total" in page[1]
    policy = page[2]["Content-Security-Policy"]
    nonce = policy.partition("'nonce-")[2].partition("'")[0]
    assert page[1].count(f'nonce="{nonce}"') == 2
    said = json.loads(data[1])
    states = {one["name"]: one for one in said["integrations"]}
    assert states["django"]["state"] == "connected"
    assert states["opentelemetry-django"]["state"] == "off"
    [fault] = [f for f in said["faults"] if f["where"] == "gauge_orders"]
    assert fault["type"] == "ConnectionError" and fault["last"].endswith("+00:00")
    [orders] = [m for m in said["metrics"] if m["name"] == "orders_total"]
    assert orders | {"description": ""} == {
        "name": "orders_total", "type": "counter", "labels": ["size"], "series": 2,
        "catalog": "shop", "built_in": False, "description": "",
    }  # fmt: skip
    assert "secret" not in data[1]


@pytest.mark.parametrize(
    ("given", "there", "gone"),
    [
        (
            'metrics="", health="health/", status="status/", increment=None, export="export"',
            ["/m/", "/m/health/", "/m/health", "/m/status/", "/m/export.csv"], ["/m/metrics"],
        ),
        (
            'prometheus="metrics/prometheus", metrics_format="json", increment=None',
            ["/m/metrics", "/m/metrics/prometheus", "/m/health"], ["/m/increment"],
        ),
    ],
)  # fmt: skip
def test_each_page_stands_where_it_is_asked_for(
    run_django: RunDjango, given: str, there: list[str], gone: list[str]
) -> None:
    """Below a prefix, by names of the project's own, and as JSON where that is chosen."""
    body = f"""
import sys, types
from django.urls import include, path
from labotel.instrumentation.django.urls import paths
sys.modules["urls_here"] = types.SimpleNamespace(
    urlpatterns=[path("m/", include(paths({given})))])
with override_settings(ROOT_URLCONF="urls_here"):
    print(json.dumps([[ask(p, **KEY) for p in {there!r}], [ask(p, **KEY)[0] for p in {gone!r}]]))
"""
    found, missing = told(run_django, body)
    assert [one[0] for one in found] == [200] * len(there)
    assert missing == [404] * len(gone)
    if "json" in given:
        assert json.loads(found[0][1])["metrics"]
        assert "# TYPE" in found[1][1]
