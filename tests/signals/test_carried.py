"""What work takes along: in force for a block, and what was there before afterwards."""

import pytest
from opentelemetry.context import Context, attach, detach, get_value, set_value

from labotel.signals.carried import NOTHING, Carried, actor, carried, pseudonym


def test_it_is_in_force_for_a_block_even_one_that_raises() -> None:
    """The context and the actor, then those from before."""
    taken = Carried(set_value("ward", "north", Context()), lambda: "p-1")

    @taken.in_force()
    def fail() -> None:
        assert (get_value("ward"), pseudonym()) == ("north", "p-1")
        assert carried() == taken
        raise KeyError

    with pytest.raises(KeyError):
        fail()
    assert (get_value("ward"), pseudonym()) == (None, None)


def test_nothing_hides_what_is_there() -> None:
    """For a thread of labotel's own that is started in the middle of a request."""
    token = attach(set_value("ward", "north"))
    actor.set(lambda: "p-1")
    try:
        with NOTHING.in_force():
            assert (get_value("ward"), pseudonym(), carried()) == (None, None, NOTHING)
        assert (get_value("ward"), pseudonym()) == ("north", "p-1")
    finally:
        actor.set(None)
        detach(token)


def test_who_is_not_known_yet_may_be_known_later() -> None:
    """An actor is asked each time."""
    known: list[str | None] = [None]
    with Carried(Context(), lambda: known[0]).in_force():
        assert pseudonym() is None
        known[0] = "p-1"
        assert pseudonym() == "p-1"
