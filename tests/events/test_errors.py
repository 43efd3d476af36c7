"""The errors name the nearest thing that exists."""

from labotel.events.errors import nearest


def test_the_nearest_known_name_is_proposed() -> None:
    """A slip of the keyboard is answered with the name that was meant."""
    assert nearest("specie", ["stage", "species"]) == " (did you mean 'species'?)"


def test_nothing_is_proposed_where_nothing_is_near() -> None:
    """A wrong proposal is worse than none."""
    assert nearest("zzz", ["stage", "species"]) == ""
    assert nearest("zzz", []) == ""
