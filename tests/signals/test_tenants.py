"""The tenant of the present work, beside its actor."""

from collections.abc import Iterator
from uuid import UUID

import pytest

import labotel
from labotel.events import dispatch
from labotel.instrumentation.messages import announce, announced
from labotel.policy.pseudonyms import Pseudonyms
from labotel.signals.carried import NOTHING, acting, actor, fields_of, pseudonym
from labotel.signals.pipeline import Pipeline
from labotel.signals.spans import PseudonymSource


@pytest.fixture
def pipeline() -> Iterator[Pipeline]:
    """A pipeline that is in force, in a context of its own."""
    made = Pipeline(PseudonymSource(lambda: Pseudonyms(b"tests")))
    dispatch.connect(made)
    with NOTHING.in_force():
        yield made
    dispatch.connect(None)


def test_a_tenant_is_in_force_from_then_on(pipeline: Pipeline) -> None:
    """By its name as a text; the next one takes its place, and None is nobody."""
    for given, shown in (("acme", "acme"), (17, "17"), (UUID(int=1), str(UUID(int=1)))):
        labotel.tenant(given)
        assert fields_of(acting()) == {"tenant.id": shown}
    labotel.tenant(None)
    assert fields_of(acting()) == {}


def test_a_block_gives_back_what_was_before(pipeline: Pipeline) -> None:
    """Also one within another, and one that raises."""
    labotel.tenant("acme")

    def fail() -> None:
        with labotel.tenant("other"):
            with labotel.tenant(None):
                assert acting() is None
            assert fields_of(acting()) == {"tenant.id": "other"}
            raise KeyError

    with pytest.raises(KeyError):
        fail()
    assert fields_of(acting()) == {"tenant.id": "acme"}


def test_the_actor_stays_beside_it(pipeline: Pipeline) -> None:
    """Who signs in later is known, too."""
    known: list[str | None] = [None]
    actor.set(lambda: known[0])
    labotel.tenant("acme")
    assert (pseudonym(), fields_of(acting())) == (None, {"tenant.id": "acme"})
    known[0] = "p-1"
    assert pseudonym() == "p-1"
    assert fields_of(acting()) == {"enduser.pseudo.id": "p-1", "tenant.id": "acme"}


def test_its_name_is_scrubbed(pipeline: Pipeline) -> None:
    """It is a text of the application's, as any other."""
    labotel.tenant("someone@example.org")
    assert fields_of(acting()) == {"tenant.id": "[email]"}


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        (object(), "tenant() was given a object: allowed: a str, an int, a UUID or None"),
        (True, "tenant() was given a bool: allowed: a str, an int, a UUID or None"),
        ("", "tenant() was given 0 characters: allowed: 1 to 100 of them"),
        ("x" * 101, "tenant() was given 101 characters: allowed: 1 to 100 of them"),
    ],
)
def test_what_is_no_name_changes_nothing(pipeline: Pipeline, wrong: object, says: str) -> None:
    """It is counted; under `strict` it raises."""
    labotel.tenant("acme")
    with labotel.tenant(wrong):  # type: ignore[arg-type]  # that is what is tried
        assert fields_of(acting()) == {"tenant.id": "acme"}
    dispatch.connect(pipeline, strict=True)
    with pytest.raises(labotel.EventError) as raised:
        labotel.tenant(wrong)  # type: ignore[arg-type]  # as above
    assert str(raised.value) == says
    assert fields_of(acting()) == {"tenant.id": "acme"}


def test_it_is_nothing_where_nothing_is_observed() -> None:
    """Before `configure`, and after `shutdown`."""
    with labotel.tenant("acme"):
        assert acting() is None


def test_a_message_takes_both_along(pipeline: Pipeline) -> None:
    """And names nobody whom it had from elsewhere; what came in is judged anew."""
    who = Pseudonyms(b"tests").of("17")
    actor.set(lambda: who)
    headers: dict[str, object] = {"labotel-tenant": "of another", "other": 1}
    with labotel.tenant("acme"):
        announce(headers)
    assert headers == {"labotel-actor": who, "labotel-tenant": "acme", "other": 1}
    person = announced(headers.get)
    assert person is not None
    assert fields_of(person()) == {"enduser.pseudo.id": who, "tenant.id": "acme"}
    actor.set(None)
    announce(headers)
    assert headers == {"other": 1}
    assert announced(headers.get) is None
    for wrong in ("", "x" * 1000, 5, None, object()):
        assert announced({"labotel-tenant": wrong, "labotel-actor": "Anna"}.get) is None
