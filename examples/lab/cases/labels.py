"""The label on a sample: the protocol's number with two check digits, as in `LAB-12-36`."""

import re

_LABEL = re.compile(r"LAB-(\d+)-(\d\d)")


class UnreadableSample(Exception):
    """A sample's label cannot be read, so nobody knows whose sample it is."""


def label(protocol: int) -> str:
    """Return the label of a protocol's sample."""
    return f"LAB-{protocol}-{protocol * 3 % 97:02}"


def read(text: str) -> int:
    """Return the protocol's number on a label."""
    match = _LABEL.fullmatch(text)
    if match is None or label(int(match[1])) != text:
        raise UnreadableSample(f"the label {text!r} cannot be read")
    return int(match[1])
