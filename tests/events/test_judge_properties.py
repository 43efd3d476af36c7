"""Whatever an event is made of: `Rejected`, or immutable scalars; never anything else."""

from datetime import timedelta
from decimal import Decimal
from enum import Enum, StrEnum
from typing import Annotated, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labotel.events.event import Event, label_text
from labotel.events.fields import SCALARS
from labotel.events.instruments import Counter, Histogram
from labotel.events.judge import Rejected, complaint, freeze, number, objection, scalar
from labotel.events.marks import MEASURED, Limited, Personal, Unbounded


class Color(StrEnum):
    """A bounded text."""

    RED = "red"


class Anything(Event, name="t.judge.anything"):
    """A field of each kind."""

    color: Color
    urgent: bool | None
    table: Annotated[str, Limited(3)]
    person: Personal[str]
    thing: Unbounded[int]
    amount: Annotated[Decimal, Counter("t_judge_anything_total", by=())]
    took: Annotated[timedelta, Histogram("t_judge_anything_seconds", by=())] = MEASURED


class Broken:
    """What a badly written class may do."""

    def __init__(self, how: str) -> None:
        self.how = how

    def _fail(self, name: str) -> Any:
        if self.how in (name, "all"):
            raise RuntimeError(name)
        return "x"

    def __str__(self) -> str:
        return str(self._fail("str"))

    def __repr__(self) -> str:
        return str(self._fail("repr"))

    def __eq__(self, other: object) -> bool:
        return bool(self._fail("eq"))

    def __hash__(self) -> int:
        return len(self._fail("hash"))


scalars = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(), st.binary(),
    st.decimals(), st.timedeltas(), st.datetimes(), st.dates(), st.uuids(),
    st.sampled_from([*Color, 10**400, Decimal("1E+999"), "\ud800", "red", "true"]),
    st.sampled_from(["str", "repr", "eq", "hash", "all"]).map(Broken),
)  # fmt: skip
values: Any = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner),
    max_leaves=5,
)
names = st.sampled_from([*Anything._plan.index, "nobody", "a b", "_values"])
events = st.builds(
    lambda positional, fields: Anything(*positional, **fields),  # type: ignore[misc]
    st.lists(values, max_size=1),
    st.dictionaries(names, values),
)
fitting: dict[str, Any] = {
    "color": st.sampled_from([Color.RED, "red"]),
    "urgent": st.sampled_from([True, None, "false"]),
    "table": st.text(),
    "person": st.text(),
    "thing": st.integers() | st.integers().map(str),
    "amount": st.decimals(0, 10**6) | st.integers(0, 10**6) | st.floats(0, 1e6),
    "took": st.timedeltas() | st.floats(0, 1e6),
}
whole = st.fixed_dictionaries(
    {name: st.one_of(fits, fits, fits, values) for name, fits in fitting.items()}
).map(lambda fields: Anything(**fields))


@given(values)
def test_scalar_gives_an_immutable_value_of_a_known_class(value: Any) -> None:
    """Each exporter knows it, and it can be hashed as part of a key."""
    made = scalar(value)
    assert made.__class__ in SCALARS or isinstance(made, Enum)


@given(events | whole)
def test_freeze_rejects_or_gives_one_scalar_for_each_field(event: Event) -> None:
    """Exactly where there is a complaint."""
    problem = complaint(event)
    if problem is not None:
        with pytest.raises(Rejected) as caught:
            freeze(event)
        assert str(caught.value) == problem
        return
    frozen = freeze(event)
    assert len(frozen) == len(Anything._plan.fields)
    assert all(v.__class__ in SCALARS or isinstance(v, Enum) for v in frozen)
    amount = frozen[Anything._plan.index["amount"]]
    assert isinstance(amount, Decimal)


@given(whole)
def test_objection_says_something_or_nothing(event: Event) -> None:
    """It never raises, and what it has no objection to has its labels and amounts."""
    if complaint(event) is not None or objection(event) is not None:
        return
    frozen = dict(zip(Anything._plan.index, freeze(event), strict=True))
    for name in ("color", "urgent", "table"):
        assert label_text(Anything._plan.field(name), frozen[name]) is not None
    amount = number(frozen["amount"])
    assert amount is not None and amount >= 0


@given(st.text(min_size=1).map(lambda text: f"canary{text}"))
def test_no_message_holds_a_persons_value(person: str) -> None:
    """Neither a complaint nor an objection nor a repr."""
    made: Any = Anything
    for event in (made(person=person), made(person=[person], color="x", took=1, amount=1)):
        assert "canary" not in f"{complaint(event)} {objection(event)} {event!r}"


def test_a_label_is_judged_by_what_becomes_of_it() -> None:
    """A Decimal of 0 is equal to False, and leaves as a text: no bool's label."""
    made: Any = Anything
    event = made(
        color=Color.RED, urgent=Decimal(0), table="", person="", thing=0, amount=0, took=0.0
    )
    assert complaint(event) is None
    assert "urgent" in (objection(event) or "")
