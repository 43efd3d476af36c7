"""Which integrations are connected: what was named, all defaults, or all defaults but some."""

import pytest

from labotel.integrations.known import KNOWN, chosen, problems

DEFAULTS = [one for one in KNOWN.values() if one.default and not one.missing]


def test_by_default_all_that_is_installed_is_connected() -> None:
    """But for what is in another's place."""
    assert chosen(None) == DEFAULTS
    assert KNOWN["opentelemetry-django"] not in DEFAULTS


def test_names_are_connected_alone() -> None:
    """In the order that was given; none is a choice too."""
    assert chosen(["celery", "logging"]) == [KNOWN["celery"], KNOWN["logging"]]
    assert chosen([]) == []


@pytest.mark.parametrize("name", [name for name, one in KNOWN.items() if one.default])
def test_each_default_can_be_left_out(name: str) -> None:
    """By its name with a `-`: the others stay."""
    assert chosen([f"-{name}"]) == [one for one in DEFAULTS if one is not KNOWN[name]]
    assert problems([f"-{name}"]) == []


def test_one_can_stand_in_anothers_place() -> None:
    """What is no default may be named beside what is left out."""
    names = ["opentelemetry-django", "-django"]
    assert problems(names) == []
    expected = [one for one in DEFAULTS if one is not KNOWN["django"]]
    assert chosen(names) == [*expected, KNOWN["opentelemetry-django"]]


def test_an_unknown_name_is_told_with_the_nearest() -> None:
    """With a `-` too; it leaves nothing out."""
    (text,) = problems(["-hots"])
    assert text.startswith("instrument names '-hots' (did you mean 'host'?); allowed: 'logging', ")
    assert text.endswith("and '-name' for all defaults but that one")
    assert chosen(["-hots"]) == DEFAULTS


def test_what_contradicts_itself_is_told() -> None:
    """A default beside one that is left out, and a name with and without its `-`."""
    (text,) = problems(["django", "-celery"])
    assert text == (
        "instrument names 'django' beside '-celery', which means all defaults but that one; "
        "allowed: names alone, or names with '-' and those that are no default"
    )
    (text,) = problems(["opentelemetry-django", "-opentelemetry-django"])
    assert text.startswith(
        "instrument names both 'opentelemetry-django' and '-opentelemetry-django'; allowed: one"
    )
