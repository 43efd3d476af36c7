"""What `labotel render` says of PromQL, and what the Prometheus of compose/ says: the same."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings

import promql_texts as texts
from labotel.render.newer import FILLS, FLAGGED
from labotel.render.patterns import Pattern, Refused, Unsure
from labotel.render.promql import Problems, check
from labotel.render.series import Series

from .backends import prometheus
from .http import Refused as No
from .http import ask

KNOWN = {name: Series(name, "foreign", open=True) for name in texts.METRICS}
_OF_LABELS = re.compile("no label|never match|never has")
SLOWLY = settings(max_examples=400, deadline=None)


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A Prometheus with the shipped flags and no data."""
    folder = tmp_path_factory.mktemp("prometheus")
    (folder / "prometheus.yml").write_text("{}")
    server = prometheus(folder, folder / "prometheus.yml")
    server.start()
    yield f"http://127.0.0.1:{server.ports[0]}"
    server.stop()


def taken(address: str, expression: str) -> bool:
    """Tell whether Prometheus reads an expression, and finds nothing wrong when it is asked."""
    try:
        ask(f"{address}/api/v1/query_range", query=expression, start=1e9, end=1e9 + 1, step=1)
    except No:
        return False
    return True


def judged(expression: str) -> bool:
    """Tell whether labotel takes it; labels that are not there are no fault to Prometheus."""
    try:
        check(expression, KNOWN)
    except Problems as found:
        return all(_OF_LABELS.search(line) for line in found.lines)
    return True


def test_what_needs_a_flag_is_prometheuss_list(address: str) -> None:
    """All that it has and does not serve as it is started: functions, aggregations, modifiers."""
    has = ask(f"{address}/api/v1/features")["data"]
    off = {
        kind: {name for name, on in has[kind].items() if not on}
        for kind in ("promql", "promql_functions", "promql_operators")
    }
    assert off["promql_functions"] | off["promql_operators"] == FLAGGED.keys()
    # The rest changes how a query is answered, and not how it is written.
    assert off["promql"] - set(FILLS) == {
        "delayed_name_removal", "per_step_stats", "type_and_unit_labels", "unquoted_utf8_names",
    }  # fmt: skip


def test_each_function_is_judged_as_prometheus_does(address: str) -> None:
    """Each name with each kind of argument, up to three of them."""
    has = ask(f"{address}/api/v1/features")["data"]
    named = [*has["promql_functions"], *(n for n in has["promql_operators"] if n in texts.SUMS)]
    wrong = [call for call in texts.calls(named) if judged(call) != taken(address, call)]
    assert wrong == []


@pytest.mark.parametrize("expression", texts.TAKEN)
def test_what_is_taken(expression: str, address: str) -> None:
    """By both."""
    assert (taken(address, expression), judged(expression)) == (True, True)


@pytest.mark.parametrize("expression", texts.REFUSED)
def test_what_is_refused(expression: str, address: str) -> None:
    """By both."""
    assert (taken(address, expression), judged(expression)) == (False, False)


@SLOWLY
@given(texts.expressions())
def test_what_is_made_up(address: str, expression: str) -> None:
    """Whatever it is: where labotel takes it Prometheus does, and the other way round."""
    assert judged(expression) == taken(address, expression)


@SLOWLY
@given(texts.soup())
def test_what_is_no_expression(address: str, expression: str) -> None:
    """Words as they fall: nothing is taken that Prometheus refuses, and no other error leaves."""
    if judged(expression):
        assert taken(address, expression)


@SLOWLY
@given(texts.patterns(), texts.values())
def test_a_pattern_is_read_as_re2_does(address: str, pattern: str, value: str) -> None:
    """Where it is read at all."""
    made = f'label_replace(vector(1), "v", {json.dumps(value, ensure_ascii=False)}, "", "")'
    quoted = json.dumps(pattern, ensure_ascii=False)
    query = f'label_replace({made}, "hit", "1", "v", {quoted})'
    try:
        answer = ask(f"{address}/api/v1/query", query=query)
        found = "hit" in answer["data"]["result"][0]["metric"]
    except No:
        found = None
    try:
        assert Pattern(pattern).fits(value) is found
    except Unsure:
        pass
    except Refused:
        assert found is None


def test_the_shipped_flags_are_the_default(address: str) -> None:
    """What the messages name is the file that is there."""
    flags = (Path(__file__).parents[2] / "compose" / "prometheus" / "flags").read_text()
    assert "promql-" not in flags
