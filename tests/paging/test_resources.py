"""The host's check: each figure past its limit is a warning, at it none."""

import pytest

from labotel.pages.resources import judged, read

WELL = {"cpu": 80.0, "memory": 85.0, "disk": 90.0, "load": 2.0}


def test_at_the_limits_all_is_well() -> None:
    """The specification's: above 80, 85, 90 %, and two processes a core."""
    found = judged(WELL)
    assert (found.status, found.detail) == (
        "healthy", "cpu 80.0 %, memory 85.0 %, disk 90.0 %, load 2.0 a core",
    )  # fmt: skip


@pytest.mark.parametrize("what", list(WELL))
def test_past_one_limit_it_is_a_warning_that_names_it(what: str) -> None:
    """That figure alone is told, with its limit."""
    found = judged({**WELL, what: WELL[what] + 0.5})
    assert found.status == "warning"
    assert found.detail.startswith(f"{what} {WELL[what] + 0.5:.1f}")
    assert found.detail.count("past") == 1


def test_without_psutil_there_are_disk_and_load() -> None:
    """What the standard library knows."""
    assert {name for name, _ in read(None)} == {"disk", "load"}
