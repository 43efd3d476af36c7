"""What the application's own instruments are given, made fit for the SDK and for every exporter."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from opentelemetry.metrics import CallbackOptions, Observation

from labotel.export.measurements import amount_of, attributes_of, observing


@pytest.mark.parametrize(
    ("given", "amount"),
    [(3, 3), (0.5, 0.5), (Decimal("0.5"), 0.5), (2**64, float(2**64)), (-(2**64), -float(2**64))],
)
def test_an_amount_adds_up_with_others(given: Any, amount: float) -> None:
    """A Decimal and a float do not; past 64 bits an int has no kind in OTLP."""
    assert amount_of(given) == amount
    assert type(amount_of(given)) is type(amount)


@pytest.mark.parametrize("given", ["3", None, True, [1], 10**400])
def test_what_is_no_amount_is_refused(given: Any) -> None:
    """Whoever asks counts it."""
    with pytest.raises(TypeError):
        amount_of(given)


@pytest.mark.parametrize(
    ("given", "attributes"),
    [
        (None, None),
        ({}, None),
        ({"a": "x", "b": True}, {"a": "x", "b": True}),
        ({"a": 1, "b": 0.5}, {"a": 1, "b": 0.5}),
        ({"a": "\ud800", "é": "é"}, {"a": "?", "é": "é"}),
        ({"a": [1]}, {"a": "[1]"}),
        ({"who": "ada@example.com", "password": "x"}, {"who": "[email]", "password": "[secret]"}),
        ({"a": 2**64}, {"a": str(2**64)}),
    ],
)
def test_attributes_have_a_hash_and_an_encoding(given: Any, attributes: Any) -> None:
    """What is something else is its text, so that no measurement is lost by it."""
    assert attributes_of(given) == attributes


SAID = {"who": "ada@example.com", "n": 1}


def function(_: CallbackOptions) -> list[Observation]:
    """A callback that returns."""
    return [Observation(3, SAID), Observation(4)]


def generator() -> Iterator[list[Observation]]:
    """A callback that is started once and asked again and again."""
    while True:
        yield [Observation(3, SAID)]


def test_attributes_of_observations_are_scrubbed() -> None:
    """Of functions and of generators; values stay, and what has no attributes."""
    from_function, from_generator = observing([function, generator()])
    for _ in range(2):
        first, second = from_function(CallbackOptions())
        assert (first.value, dict(first.attributes)) == (3, {"who": "[email]", "n": 1})
        assert (second.value, second.attributes) == (4, None)
        (only,) = from_generator(CallbackOptions())
        assert dict(only.attributes) == {"who": "[email]", "n": 1}
    assert observing(None) is None
