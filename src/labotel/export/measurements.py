"""What an application gives to instruments of its own, as the SDK can add it up and encode it."""

from typing import Any

from labotel.events.judge import number
from labotel.events.texts import text_of, unicode
from labotel.signals.records import ROOM, still


def amount_of(given: Any) -> int | float:
    """Return a number that adds up with others and has an encoding; raise where it is none."""
    if type(given) is float or (type(given) is int and -(1 << 63) <= given < 1 << 63):
        return given
    amount = number(given)
    if amount is None:
        raise TypeError("no number that an instrument can take")
    return float(amount) if type(amount) is not int or abs(amount) >> 63 else amount


def attributes_of(given: Any) -> Any:
    """Return attributes that every exporter takes: texts that are Unicode, and scalars.

    One that is something else has a point of its own all the same: as its text.
    """
    if not given:
        return None
    if type(given) is dict and all(
        type(k) is str and k.isascii() and ((type(v) is str and v.isascii()) or type(v) is bool)
        for k, v in given.items()
    ):
        return given
    made = still(given, [ROOM])
    return {unicode(key): _value(value) for key, value in made.items()}


def _value(value: Any) -> Any:
    if type(value) is int and not -(1 << 63) <= value < 1 << 63:
        return text_of(value)
    if value is None or type(value) in (bool, int, float):
        return value
    return unicode(text_of(value))
