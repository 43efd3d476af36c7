"""The label on a sample: the protocol's number with two check digits, as in `LAB-12-36`."""

import re

_LABEL = re.compile(r"LAB-(\d+)-(\d\d)")


class UnreadableSample(Exception):
    """A sample's label cannot be read, so nobody knows whose sample it is."""


def label(protocol: int) -> str:
    """Return the label of a protocol's sample."""
    return f"LAB-{protocol}-{protocol * 3 % 97:02}"


def read(text: str) -> int:
    """Return the protocol's number on a label, by its shape alone: ask `is_mistyped` first."""
    match = _LABEL.fullmatch(text)
    if match is None:
        raise UnreadableSample(f"the label {text!r} cannot be read")
    return int(match[1])


def is_mistyped(text: str) -> bool:
    """Tell whether a label can be read and its check digits say that it was read wrongly."""
    match = _LABEL.fullmatch(text)
    return match is not None and label(int(match[1])) != text
