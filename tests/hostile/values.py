"""What an application may hand over by mistake, or by malice."""

import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from decimal import Decimal
from enum import Enum
from typing import Any, NamedTuple

from hypothesis import strategies as st

METHODS = ("str", "repr", "eq", "hash", "bool", "len", "iter", "getitem", "format", "class",
           "getattr", "int", "float", "index", "lt")  # fmt: skip


class Fault(Exception):
    """Raised by the values below; the text is hostile, too."""

    def __str__(self) -> str:
        raise RuntimeError("no text either")


def _raises(name: str) -> Any:
    def method(self: object, *_: object, **__: object) -> Any:
        raise Fault(name)

    return method


def broken(*names: str, base: type = object, value: Any = None) -> Any:
    """Return an object whose special methods of these names raise; a `str` or a `dict`, too."""
    members: dict[str, Any] = {f"__{name}__": _raises(name) for name in names}
    if "class" in names:
        members["__class__"] = property(_raises("class"))
    if base is str:
        members |= {name: _raises(name) for name in ("encode", "split", "replace", "startswith")}
    if base is dict:
        members |= {name: _raises(name) for name in ("items", "keys", "values", "get")}
    members.setdefault("__hash__", base.__hash__)
    made = type("Broken", (base,), members)
    return made() if value is None else made(value)


class Lying:
    """Its class says that it is another; a lazy object says so of a user."""

    def __init__(self, claimed: type) -> None:
        object.__setattr__(self, "claimed", claimed)

    @property
    def __class__(self) -> Any:  # type: ignore[override]  # this is the lie
        return object.__getattribute__(self, "claimed")


class Zone(tzinfo):
    """A time zone that does not know."""

    def utcoffset(self, when: datetime | None) -> timedelta:
        raise Fault


class Odd(Enum):
    """Members with values that cannot be printed, or hashed, or are no Unicode."""

    MUTE = broken("str", "repr", "format")
    LIST = [1]  # noqa: RUF012  # a member whose value can be changed is what is wanted
    SURROGATE = "\ud800"


def deep(levels: int) -> list[Any]:
    """Return a list in a list in a list."""
    inner: list[Any] = []
    for _ in range(levels):
        inner = [inner]
    return inner


def cycle(kind: str) -> Any:
    """Return a container that holds itself."""
    if kind == "list":
        endless: list[Any] = []
        endless += [endless, endless]
        return endless
    table: dict[Any, Any] = {}
    table["self"] = [table, table]
    return table


def generator() -> Iterator[int]:
    """A generator that never ends."""
    while True:
        yield 1


MADE: dict[str, Any] = {
    **{f"broken {name}": lambda name=name: broken(name) for name in METHODS},
    "broken all": lambda: broken(*METHODS),
    "broken str": lambda: broken(*METHODS, base=str, value="canine"),
    "broken int": lambda: broken(*METHODS, "add", "gt", "neg", base=int, value=7),
    "broken float": lambda: broken(*METHODS, "add", "gt", "neg", base=float, value=0.5),
    "broken Decimal": lambda: broken("add", "lt", "gt", "str", base=Decimal, value="0.5"),
    "broken dict": lambda: broken("iter", "len", base=dict, value={"a": 1}),
    "broken list": lambda: broken("iter", "len", "getitem", base=list, value=[1]),
    "lying str": lambda: Lying(str),
    "lying int": lambda: Lying(int),
    "lying timedelta": lambda: Lying(timedelta),
    "lying dict": lambda: Lying(dict),
    "deep": lambda: DEEP,
    "cyclic list": lambda: cycle("list"),
    "cyclic dict": lambda: cycle("dict"),
    "generator": generator,
    "odd mute": lambda: Odd.MUTE,
    "odd list": lambda: Odd.LIST,
    "odd surrogate": lambda: Odd.SURROGATE,
    "zone": lambda: datetime(2024, 1, 1, tzinfo=Zone()),
    "first": lambda: datetime.min.replace(tzinfo=timezone(timedelta(hours=14))),
    "last": lambda: datetime.max.replace(tzinfo=timezone(timedelta(hours=-14))),
    "now": lambda: datetime.now(UTC),
    "long int": lambda: LONG,
    "long text": lambda: "x" * 100_000,
    "wide": lambda: dict.fromkeys(range(2_000), "x" * 50),
    "type": lambda: object,
    "module": lambda: sys,
    "bytearray": lambda: bytearray(b"\xff" * 20_000),
    "memoryview": lambda: memoryview(b"abc"),
}
"""Each by its name, made anew where it is used."""

DEEP = deep(100_000)
LONG = 10**1_000_000


class Recipe(NamedTuple):
    """Stands for a hostile value until it is used: hypothesis looks at what it draws."""

    name: str


def made(value: Any) -> Any:
    """Return the value with every recipe in it followed."""
    if type(value) is Recipe:
        return MADE[value.name]()
    if type(value) is list:
        return [made(item) for item in value]
    if type(value) is tuple:
        return tuple(made(item) for item in value)
    if type(value) is dict:
        return {key: made(item) for key, item in value.items()}
    return value


hostile = st.sampled_from(sorted(MADE)).map(Recipe)
numbers = st.one_of(
    st.integers(),
    st.floats(),
    st.sampled_from([10**400, -1, -(10**400), 2**63, 2**64, 1e308, float("nan"), float("inf")]),
    st.sampled_from(["sNaN", "NaN", "-Infinity", "1E+999999", "-1", "0.1"]).map(Decimal),
    st.sampled_from([timedelta.max, timedelta.min, timedelta(-1), timedelta(1)]),
)
texts = st.text(alphabet=st.characters(), max_size=20) | st.sampled_from(
    ["", "\0", "\ud800", "a\udfffb", "canine", "%s %d %(x)s {", "\n\r", "é", "x" * 20_000]
)
anything: Any = st.one_of(
    st.none(), st.booleans(), numbers, texts, st.binary(max_size=20), hostile, hostile,
    st.lists(st.integers() | texts | hostile, max_size=3),
    st.dictionaries(texts, texts | numbers | hostile, max_size=3),
)  # fmt: skip
