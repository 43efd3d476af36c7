"""Ten thousand wrong bodies for the page that adds to a counter: each is refused, none counted."""

import json

from running import python

PROPERTY = """
import json, os
os.environ["DJANGO_SETTINGS_MODULE"] = "project.settings"
import django
django.setup()
from django.test import RequestFactory
from hypothesis import HealthCheck, given, settings, strategies as st
from labotel.configure import present
from labotel.instrumentation.django.adding import increment
from project.telemetry import catalog

RIGHT = {"metric": "orders_total", "value": 1, "labels": {"size": "small"}}
values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=30)
    | st.sampled_from(["orders_total", "total", "small", "huge", "size", 0, -1, 1e999, 10**30]),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner,
                                                                 max_size=4),
    max_leaves=8,
)

def is_right(body):
    '''Judge without labotel: what a person would say is a proper addition.'''
    try:
        said = json.loads(body)
    except (ValueError, RecursionError):
        return False
    if not isinstance(said, dict) or not set(said) <= set(RIGHT):
        return False
    value, labels = said.get("value", 1), said.get("labels")
    number = type(value) is int or (type(value) is float and value == value and value % 1 == 0)
    return (said.get("metric") in ("orders_total", "total") and number and 1 <= value <= 10**9
            and labels in ({"size": "small"}, {"size": "large"}))

def written(said):
    return json.dumps(said).encode("utf-8", "surrogatepass")

changed = st.sampled_from(sorted(RIGHT)).flatmap(
    lambda key: values.map(lambda value: written({**RIGHT, key: value})))
more = st.tuples(st.text(max_size=8), values).map(
    lambda pair: written({**RIGHT, "labels": {"size": "small", pair[0]: pair[1]}}))
torn = st.integers(1, 60).map(lambda n: json.dumps(RIGHT).encode()[:-n])
deep = st.integers(1, 9000).map(lambda n: b"[" * n)
twice_body = b'{"metric": "orders_total", "value": 1, "value": 1, "labels": {"size": "small"}}'
twice = st.just(twice_body)
bodies = (st.binary(max_size=300) | values.map(written) | changed | more | torn | deep | twice
          ).filter(lambda body: body == twice_body or not is_right(body))

factory = RequestFactory()
seen = []

@settings(max_examples=10_000, deadline=None, database=None, derandomize=True,
          suppress_health_check=list(HealthCheck))
@given(bodies, st.sampled_from(["application/json", "application/json; charset=utf-8"]))
def holds(body, kind):
    request = factory.post("/increment", body, kind, HTTP_AUTHORIZATION="Bearer sesame")
    answer = increment(request)
    assert 400 <= answer.status_code < 500, (answer.status_code, body)
    assert json.loads(answer.content)["error"]
    seen.append(answer.status_code)

holds()
pipeline = present().pipeline
pipeline.drain()
own = {m.instrument.name for event in catalog.events for m in event._plan.measures}
counted = {name: sum(getattr(cell, "count", 0) or cell.value for cell in metric.cells.values())
           for name, metric in pipeline.meter.metrics.items() if name in own}
assert "orders_total" in own
print(json.dumps([len(seen), sorted(set(seen)), counted]))
"""


def test_ten_thousand_wrong_bodies_record_nothing(environment: dict[str, str]) -> None:
    """Bytes, any JSON, and proper bodies with one thing wrong: always 4xx, with what is wrong."""
    env = environment | {
        "LABOTEL_METRICS_ACCESS": "token",
        "LABOTEL_METRICS_TOKEN": "sesame",
        "LABOTEL_INCREMENT_RATE": "1000000",
    }
    done, statuses, counted = json.loads(python(PROPERTY, env))
    assert done >= 10_000
    assert {400, 404} <= set(statuses) <= {400, 404, 413, 415}  # an empty body has no type
    assert {name: n for name, n in counted.items() if n} == {}
