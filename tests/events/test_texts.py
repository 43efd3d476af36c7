"""Any value has a bounded text."""

from typing import Any

import pytest

from labotel.events.texts import CAP, TEXT_LIMIT, quoted, text_of, unicode


@pytest.mark.parametrize(
    "value",
    ["x", "", "ä\ud800", 7, -1, 2**64, True, None, 1.5, [1, "a"], (), (1,), (1, 2), {"a": [1]},
     {1}, frozenset({1}), b"ab", bytearray(b"ab")],
)  # fmt: skip
def test_a_text_is_what_str_and_repr_make_of_a_value(value: Any) -> None:
    """As long as it is short."""
    assert text_of(value) == str(value)
    assert quoted(value, 100) == repr(value)


def test_a_long_text_is_cut() -> None:
    """By what was asked for, or by what any other value becomes."""
    assert len(text_of("x" * 10**6, CAP)) == CAP
    assert len(text_of(["x" * 10**6] * 1000)) == TEXT_LIMIT
    assert len(quoted({i: i for i in range(10**6)}, 100)) == 100
    assert text_of(10**1_000_000) == "<int of 3321929 bits>"


def test_a_container_that_holds_itself_ends() -> None:
    """Its depth is cut, and so is what a hundred thousand levels would take."""
    endless: list[Any] = []
    endless += [endless, endless]
    assert "…" in text_of(endless)
    assert len(text_of(endless)) <= TEXT_LIMIT


def test_what_cannot_be_printed_says_what_it_is() -> None:
    """By its type: its class may lie, and may raise."""

    class Mute:
        __class__ = property(lambda self: 1 / 0)  # type: ignore[assignment]

        def __repr__(self) -> str:
            raise RuntimeError

    assert quoted(Mute(), 100) == "<Mute that cannot be printed>"
    assert text_of(Mute()) == "<Mute that cannot be printed>"


def test_a_text_without_an_encoding_gets_one() -> None:
    """A lone surrogate becomes a question mark; all else stays."""
    assert unicode("a\ud800é") == "a?é"
