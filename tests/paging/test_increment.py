"""What may be added to a counter, by its declaration, and to which cells it goes."""

from datetime import timedelta
from decimal import Decimal
from enum import Enum
from typing import Annotated, Any, Literal

import pytest

from labotel import Catalog, Counter, Event, Histogram, Limited, Personal, Unbounded
from labotel.pages.increment import Increments, Refused, parsed
from labotel.policy.pseudonyms import Pseudonyms
from labotel.signals.pipeline import Pipeline


class Level(Enum):
    LOW = 1
    HIGH = 2


class Sold(
    Event,
    name="paging.sold",
    instruments=(Counter("paging_sold_total", by=("level", "gift", "shop", "way")),),
):
    """Something was sold; who bought it is needed, and no label."""

    level: Level
    gift: bool
    shop: Annotated[str, Limited(2)]
    way: Literal["web", "door"] | None
    who: Personal[str]
    amount: Annotated[Decimal, Counter("paging_revenue_total", by={"how": "way"})]
    took: Annotated[timedelta, Histogram("paging_took_seconds", by=())]
    number: Unbounded[int]


RIGHT = {"level": "2", "gift": True, "shop": "north", "way": None}


def told() -> tuple[Increments, Pipeline]:
    """Return the judge, and the pipeline that it adds to."""
    pipeline = Pipeline(lambda: Pseudonyms(b"tests"))

    def add(kind: Any, values: Any) -> None:
        pipeline.queue.append((kind, values, 1, None, None, None))

    return Increments([Catalog("paging", events=[Sold])], add), pipeline


def test_an_addition_goes_to_the_series_that_an_event_goes_to() -> None:
    """By the label policy; no other field is needed, and nothing else of the event is said."""
    judge, pipeline = told()
    given = {"metric": "sold_total", "value": 3, "labels": RIGHT}
    judge.add(judge.judge(given))
    pipeline.emit(Sold(level=Level.HIGH, gift=True, shop="north", way=None, who="x",
                       amount=Decimal("0.1"), took=timedelta(seconds=1), number=1))  # fmt: skip
    judge.add(judge.judge({"metric": "revenue_total", "value": 0.2, "labels": {"how": "web"}}))
    pipeline.drain()
    cells = {name: metric.cells for name, metric in pipeline.meter.metrics.items()}
    assert cells["paging_sold_total"]["2", "true", "north", "none"].value == 4
    assert {k: c.value for k, c in cells["paging_revenue_total"].items()} == {
        ("none",): Decimal("0.1"), ("web",): Decimal("0.2"),
    }  # fmt: skip
    assert cells["paging_took_seconds"][()].count == 1
    assert len(pipeline.logs) == 1


@pytest.mark.parametrize(
    ("label", "value"),
    [
        ("level", "LOW"), ("level", True), ("level", 3), ("gift", 1), ("gift", "yes"),
        ("shop", ""), ("shop", None), ("shop", 7), ("shop", "anna@example.org"),
        ("shop", "x" * 201), ("shop", "a\0b"), ("way", "None"), ("way", []), ("way", {}),
    ],
)  # fmt: skip
def test_a_label_has_the_values_of_its_declaration(label: str, value: Any) -> None:
    """Each other one is refused by the label's name, with what is allowed."""
    judge, pipeline = told()
    with pytest.raises(Refused) as refused:
        judge.judge({"metric": "paging_sold_total", "labels": {**RIGHT, label: value}})
    assert refused.value.said["what"] == f"labels.{label}"
    assert not pipeline.queue


def test_a_name_that_several_end_with_is_refused() -> None:
    """`total` is no metric: which one is meant must be said."""
    judge, _ = told()
    with pytest.raises(Refused, match="paging_revenue_total, paging_sold_total"):
        judge.judge({"metric": "total"})


@pytest.mark.parametrize("body", [b"", b"[" * 8000, b'{"a": NaN}', b'"\xed\xa0\x80"', b"\x00"])
def test_what_is_no_json_is_refused(body: bytes) -> None:
    """With a status of 4xx, whatever the parser made of it."""
    with pytest.raises(Refused) as refused:
        parsed(body)
    assert refused.value.status == 400
