"""One name, one meaning, over all events of a process."""

import gc
from typing import Annotated, Any

import pytest

from labotel.events import registry
from labotel.events.errors import DeclarationError
from labotel.events.event import Event
from labotel.events.instruments import Counter, Histogram, UpDownCounter

Kept = list[type[Event]]


def declare(where: str, name: str, instrument: Any, hint: Any = None) -> type[Event]:
    """An event with one instrument, as if defined in the module `where`."""
    hints = {"urgent": bool, "fasted": bool}
    keywords: dict[str, Any] = {"name": name}
    if hint is None:
        keywords["instruments"] = (instrument,)
    else:
        hints["value"] = Annotated[hint, instrument]
    body = {"__annotations__": hints, "__module__": where}
    return type(Event)(where.title(), (Event,), body, **keywords)


def test_one_event_name_stands_for_one_class() -> None:
    """The message names both."""
    kept = declare("first", "t.registry.once", Counter("t_reg_a_total"))
    with pytest.raises(DeclarationError, match=r"Second: .*'t\.registry\.once' is taken by First"):
        declare("second", "t.registry.once", Counter("t_reg_b_total"))
    assert kept._plan.name == "t.registry.once"


@pytest.mark.parametrize(
    ("first", "second", "told"),
    [
        ((Counter("t_reg_c_total", by=("urgent",)), None),
         (Counter("t_reg_c_total", by=("fasted",)), None), "labels"),
        ((UpDownCounter("t_reg_d", by=()), int),
         (Histogram("t_reg_d", by=(), buckets=(1,)), int), "kind"),
        ((Histogram("t_reg_e", by=(), buckets=(1,)), int),
         (Histogram("t_reg_e", by=(), buckets=(2,)), int), "other buckets"),
    ],
)  # fmt: skip
def test_one_metric_name_has_one_kind_one_set_of_labels_and_buckets(
    first: Any, second: Any, told: str
) -> None:
    """Else its series could not be added up."""
    kept = declare("first", "t.registry.first", *first)
    with pytest.raises(DeclarationError, match=rf"Second: t_reg_.*declared by First.*{told}"):
        declare("second", "t.registry.second", *second)
    assert kept._plan.measures


def test_two_events_may_add_to_one_metric() -> None:
    """With the same kind, labels and buckets."""
    made = [declare(w, f"t.registry.{w}", Counter("t_reg_f_total", by=())) for w in ("x", "y")]
    assert len({e._plan.measures[0].instrument.name for e in made}) == 1


@pytest.mark.parametrize("part", ["sum", "count"])
@pytest.mark.parametrize("histogram_first", [True, False])
def test_no_metric_has_the_name_of_a_histograms_series(part: str, histogram_first: bool) -> None:
    """`x_sum` and `x_count` are made of the histogram `x`."""
    pair = [
        (Histogram("t_reg_g", by=(), buckets=(1,)), int),
        (UpDownCounter(f"t_reg_g_{part}", by=()), int),
    ]
    first, second = pair if histogram_first else pair[::-1]
    kept = declare("first", "t.registry.first", *first)
    with pytest.raises(DeclarationError, match="series of a histogram"):
        declare("second", "t.registry.second", *second)
    assert kept._plan.measures


def test_the_names_within_one_event_are_judged_too() -> None:
    """Twice the same name would count each event twice."""
    with pytest.raises(DeclarationError, match="'t_reg_h_total'"):

        class Doubled(
            Event,
            name="t.registry.doubled",
            instruments=(Counter("t_reg_h_total", by=()), Counter("t_reg_h_total", by=("urgent",))),
        ):
            urgent: bool

    with pytest.raises(DeclarationError, match="series of a histogram"):

        class Parted(Event, name="t.registry.parted"):
            size: Annotated[int, Histogram("t_reg_i", by=(), buckets=(1,))]
            many: Annotated[int, UpDownCounter("t_reg_i_count", by=())]


def test_a_class_that_nobody_holds_frees_its_names() -> None:
    """A test's or a notebook's event does not stand in the way of the next."""
    declare("gone", "t.registry.gone", Counter("t_reg_j_total", by=("urgent",)))
    later = declare("later", "t.registry.gone", Counter("t_reg_j_total", by=("fasted",)))
    assert later._plan.name == "t.registry.gone"


def test_it_tells_which_living_classes_declare_a_metric() -> None:
    """A class that is gone declares nothing any more."""
    kept = declare("first", "t.registry.told", Counter("t_reg_told_total"))
    other = declare("second", "t.registry.told.too", Counter("t_reg_told_total"))
    assert registry.declaring("t_reg_told_total") == [kept, other]
    assert "t_reg_told_total" in registry.metrics()
    del other, kept
    gc.collect()
    assert registry.declaring("t_reg_told_total") == []
    assert "t_reg_told_total" not in registry.metrics()
    assert registry.declaring("t_reg_never_total") == []
