"""A person's pseudonym: the same everywhere under one key, and of no use without it."""

import re
import subprocess
import sys
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labotel.policy import pseudonyms as module
from labotel.policy.pseudonyms import Pseudonyms, is_pseudonym


def test_a_number_and_its_text_are_one_person() -> None:
    """17 from the database, "17" from a form."""
    made = Pseudonyms(b"k")
    assert made.of(17) == made.of("17")
    assert made.of(UUID(int=17)) == made.of(str(UUID(int=17)))


def test_two_persons_have_two_pseudonyms() -> None:
    """With 72 bits, 10,000 persons do not meet by chance (below 1 in 10 to the 13)."""
    made = Pseudonyms(b"k")
    assert len({made.of(n) for n in range(10_000)}) == 10_000


def test_another_key_gives_another_pseudonym() -> None:
    """Without the key nobody can try candidates."""
    assert len({Pseudonyms(key).of("v-17") for key in (b"a", b"b", b"a" * 64, b"a" * 65)}) == 4


def test_the_same_key_gives_the_same_pseudonym_in_every_process() -> None:
    """Whatever the hash seed of the interpreter, as on another host."""
    code = "from labotel.policy.pseudonyms import Pseudonyms; print(Pseudonyms(b'k').of('v-17'))"
    said = {
        subprocess.run(
            [sys.executable, "-c", code],
            check=True, capture_output=True, text=True, env={"PYTHONHASHSEED": seed},
        ).stdout.strip()
        for seed in ("1", "2")
    }  # fmt: skip
    assert said == {Pseudonyms(b"k").of("v-17")}


def test_nobody_has_no_pseudonym() -> None:
    """None stays None; an empty text is a value."""
    assert Pseudonyms(b"k").of(None) is None
    assert Pseudonyms(b"k").of("") is not None


def test_an_empty_key_is_refused_with_the_setting() -> None:
    """Every pseudonym could be looked up."""
    with pytest.raises(ValueError, match="LABOTEL_PSEUDONYM_KEY"):
        Pseudonyms(b"")


def test_a_pseudonym_is_the_same_after_the_memory_was_emptied(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The memory of known persons is bounded."""
    monkeypatch.setattr(module, "_CACHE_LIMIT", 10)
    made = Pseudonyms(b"k")
    first = made.of(0)
    for n in range(1, 100):
        made.of(n)
    assert len(made._known) <= 10
    assert made.of(0) == first


@given(st.text(min_size=4, alphabet=st.characters()) | st.just("\ud800"))
def test_a_pseudonym_shows_nothing_of_its_person(person: str) -> None:
    """Any text has one, of one shape: `p-` and 18 hexadecimal digits (72 bits)."""
    made = Pseudonyms(b"k").of(person)
    assert made is not None and re.fullmatch(r"p-[0-9a-f]{18}", made)


@given(st.text() | st.integers())
def test_every_pseudonym_is_known_by_its_form(person: str | int) -> None:
    """It comes back from a task's message."""
    assert is_pseudonym(Pseudonyms(b"k").of(person))


@pytest.mark.parametrize(
    "other",
    [None, 17, b"p-" + b"0" * 18, "", "p-", "p-" + "0" * 17, "p-" + "0" * 19,
     "p-" + "0" * 18 + "\n",
     " p-" + "0" * 18, "P-" + "0" * 18, "p-" + "A" * 18, "p-" + "g" * 18, "p-" + "\u0660" * 18,
     "someone@example.org"],
)  # fmt: skip
def test_nothing_else_has_the_form(other: object) -> None:
    """What came from elsewhere may be anything."""
    assert not is_pseudonym(other)


def test_while_keys_rotate_a_person_has_two_names() -> None:
    """The present one first; nobody has none, and the same key twice is no rotation."""
    made = Pseudonyms(b"new", b"old")
    new, old = Pseudonyms(b"new").of("v-17"), Pseudonyms(b"old").of("v-17")
    assert made.of("v-17") == new
    assert made.fields("owner", "v-17") == {"owner": new, "owner.former": old}
    assert made.all("v-17") == (new, old)
    assert made.fields("owner", None) == {} and made.all(None) == ()
    for single in (Pseudonyms(b"new"), Pseudonyms(b"new", b"new"), Pseudonyms(b"new", b"")):
        assert single.fields("owner", "v-17") == {"owner": new}
