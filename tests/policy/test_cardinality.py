"""How many values and series there may be: first come, then `other`."""

from typing import Annotated, Any, Literal

from hypothesis import given
from hypothesis import strategies as st

from labotel.events.fields import read
from labotel.events.marks import Limited
from labotel.policy.cardinality import SERIES_LIMIT, VALUE_LENGTH, LabelPolicy, printable

TABLE = read("E", "table", Annotated[str, Limited(2)])
KIND = read("E", "kind", Literal["read", "write"])


class Notes(list[tuple[str, str]]):
    """What the policy told of."""

    def __call__(self, what: str, label: str) -> None:
        """Keep it."""
        self.append((what, label))


def policy(*fields: Any) -> tuple[LabelPolicy, Notes]:
    """A policy and what it tells."""
    notes = Notes()
    return LabelPolicy(fields, notes), notes


def test_a_limited_label_keeps_its_first_values() -> None:
    """The third value and every later one is `other`; the first two stay themselves."""
    made, notes = policy(TABLE)
    labels = [made.apply([t]) for t in ("a", "b", "c", "a", "d", "b")]
    assert [values[0] for values, _ in labels] == ["a", "b", "other", "a", "other", "b"]
    assert [clean for _, clean in labels] == [True, True, False, True, False, True]
    assert notes == [("limit", "table"), ("limit", "table")]


def test_a_value_outside_its_type_is_other_and_told_of() -> None:
    """The event is kept."""
    made, notes = policy(KIND, TABLE)
    assert made.apply(["delete", "a"]) == (("other", "a"), False)
    assert made.apply(["read", 5]) == (("read", "other"), False)
    assert notes == [("value", "kind"), ("value", "table")]


def test_each_label_has_its_own_bound() -> None:
    """Two limited labels do not share their values."""
    made, notes = policy(TABLE, read("E", "queue", Annotated[str, Limited(2)]))
    for n in range(2):
        assert made.apply([f"t{n}", f"q{n}"]) == ((f"t{n}", f"q{n}"), True)
    assert made.apply(["t2", "q1"])[0] == ("other", "q1")
    assert notes == [("limit", "table")]


def test_values_that_a_slot_carries_on_count() -> None:
    """After a restart the same values are the known ones; `other` is none of them."""
    made, _ = policy(KIND, TABLE)
    made.learn(("read", "old"))
    made.learn(("read", "other"))
    assert made.apply(["read", "new"])[0] == ("read", "new")
    assert made.apply(["read", "newer"])[0] == ("read", "other")
    assert made.apply(["read", "old"])[0] == ("read", "old")


def test_the_overflow_series_has_other_in_every_label() -> None:
    """It takes what is past the metric's limit."""
    assert policy(KIND, TABLE)[0].overflow == ("other", "other")
    assert policy()[0].overflow == ()


def test_the_limit_of_series_is_opentelemetrys() -> None:
    """The default of the metrics SDK's specification is 2000."""
    assert SERIES_LIMIT == 2000


@given(st.text(alphabet=st.characters(), max_size=300) | st.just("\ud800\0"))
def test_a_label_value_is_one_that_every_store_takes(text: str) -> None:
    """Valid UTF-8 without NUL, capped; ordinary text of ordinary length as it is."""
    made = printable(text)
    made.encode("utf-8")
    assert "\0" not in made and len(made) <= VALUE_LENGTH
    ordinary = "\0" not in text and not any("\ud800" <= c <= "\udfff" for c in text)
    if ordinary and len(text) <= VALUE_LENGTH:
        assert made == text


def test_long_values_that_begin_alike_are_one_value() -> None:
    """And the second of them does not count towards the cap."""
    made, notes = policy(TABLE)
    first = made.apply(["x" * 500])[0]
    assert made.apply(["x" * 600])[0] == first
    assert made.apply(["y"])[0] == ("y",)
    assert notes == []


def test_a_person_in_a_label_is_a_marker_and_told() -> None:
    """Two people are one series; a value without a person is as it was."""
    told: list[tuple[str, str]] = []
    field = read("T", "clinic", Annotated[str, Limited(50)])
    policy = LabelPolicy([field], lambda what, name: told.append((what, name)))
    assert policy.apply(["of ada@example.com"])[0] == ("of [email]",)
    assert policy.apply(["of bea@example.com"]) == (("of [email]",), False)
    assert policy.apply(["north"]) == (("north",), True)
    assert told == [("personal", "clinic")] * 2
