"""The marks that stand in a field's annotation."""

from typing import Annotated, get_args

import pytest

from labotel.events.errors import DeclarationError
from labotel.events.marks import MEASURED, MISSING, Limited, Mark, Outcome, Personal, Unbounded


@pytest.mark.parametrize("most", [0, -1, "50", 1.5, None])
def test_limited_takes_a_number_of_values(most: object) -> None:
    """1 or more; anything else is refused where it is written."""
    with pytest.raises(DeclarationError, match=r"Limited\(.*1 or more"):
        Limited(most)  # type: ignore[arg-type]


def test_personal_and_unbounded_are_plain_types_with_a_mark() -> None:
    """A type checker sees `T`; labotel sees the mark."""
    assert Personal[str] == Annotated[str, Mark.PERSONAL]
    assert get_args(Unbounded[int]) == (int, Mark.UNBOUNDED)


def test_an_outcome_is_success_or_failure() -> None:
    """The two values of the label `outcome`."""
    assert [o.value for o in Outcome] == ["success", "failure"]


def test_the_sentinels_say_what_they_are() -> None:
    """In a traceback and on a reference page."""
    assert repr(MEASURED) == "MEASURED"
    assert "missing" in repr(MISSING)
