"""A gauge's supplier is the function that the application decorates."""

from collections.abc import Iterator
from typing import Any

import pytest

from labotel.events.gauges import gauge, suppliers
from labotel.events.instruments import Gauge

QUEUE = Gauge("t_gauges_queue", by={"urgent": bool})


@pytest.fixture(autouse=True)
def _restored() -> Iterator[None]:
    before = dict(suppliers)
    yield
    suppliers.clear()
    suppliers.update(before)


def test_the_decorated_function_supplies_the_gauge_and_stays_itself() -> None:
    """It can still be called as before."""

    @gauge(QUEUE)
    def length() -> list[tuple[bool, int]]:
        return [(True, 2), (False, 3)]

    assert length() == [(True, 2), (False, 3)]
    assert suppliers["t_gauges_queue"] == (QUEUE, length)


def test_the_last_supplier_counts() -> None:
    """A reload declares it again."""
    for number in (1, 2):
        gauge(QUEUE)(lambda number=number: number)
    assert suppliers["t_gauges_queue"][1]() == 2


@pytest.mark.parametrize("wrong", ["t_gauges_queue", None, lambda: 1])
def test_the_decorator_takes_a_declared_gauge(wrong: Any) -> None:
    """Forgetting the argument is the usual slip."""
    with pytest.raises(TypeError, match=r"give a Gauge, as in @labotel\.gauge"):
        gauge(wrong)
