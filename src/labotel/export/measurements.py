"""What an application gives to instruments of its own, as the SDK can add it up and encode it."""

from collections.abc import Callable, Generator, Iterator
from typing import Any

from opentelemetry.metrics import Observation

from labotel.events.judge import number
from labotel.events.texts import text_of, unicode
from labotel.policy.attributes import clean
from labotel.policy.still import ROOM, still


def amount_of(given: Any) -> int | float:
    """Return a number that adds up with others and has an encoding; raise where it is none."""
    if type(given) is float or (type(given) is int and -(1 << 63) <= given < 1 << 63):
        return given
    amount = number(given)
    if amount is None:
        raise TypeError("no number that an instrument can take")
    return float(amount) if type(amount) is not int or abs(amount) >> 63 else amount


def attributes_of(given: Any) -> Any:
    """Return attributes that every exporter takes, scrubbed: texts that are Unicode, and scalars.

    One that is something else has a point of its own all the same: as its text.
    """
    if not given:
        return None
    made = clean(still(given, [ROOM]))
    return {unicode(key): _value(value) for key, value in made.items()}


def _value(value: Any) -> Any:
    if type(value) is int and not -(1 << 63) <= value < 1 << 63:
        return text_of(value)
    if value is None or type(value) in (bool, int, float):
        return value
    return unicode(text_of(value))


def observing(callbacks: Any) -> Any:
    """Return callbacks (functions or generators, as the SDK takes them) that say no person."""
    return None if callbacks is None else [_observed(one) for one in callbacks]


def _observed(callback: Any) -> Callable[[Any], Iterator[Observation]]:
    generator = isinstance(callback, Generator)
    if generator:
        next(callback)  # as the SDK does: its first value is nothing

    def observe(options: Any) -> Iterator[Observation]:
        for one in callback.send(options) if generator else callback(options):
            yield Observation(one.value, attributes_of(one.attributes), one.context)

    return observe
