"""What is told of a driver's error: its kind, and nothing that opens or names anything."""

import pytest

from labotel.pages.health import Finding, failed, found
from labotel.pages.own import health_check


@pytest.mark.parametrize(
    "text",
    [
        'connection to server at "db.example.org", port 5432 failed: FATAL: no user "petra"',
        "could not connect: postgresql://petra:sesame@db.example.org:5432/lab?sslmode=require",
        "host=db.example.org user=petra password=sesame dbname=lab",
        'role "petra" does not exist',
        "Access denied for user 'petra'@'db.example.org' (using password: YES)",
        "redis://:sesame@db.example.org:6379/0 refused",
        "x" * 20 + "\nsecond line with petra",
    ],
)
def test_no_account_and_no_address(text: str) -> None:
    """As psycopg, SQLAlchemy, MySQL's and Redis's drivers say them."""
    detail = failed(ConnectionError(text)).detail
    assert detail.startswith("ConnectionError")
    for secret in ("petra", "sesame", "db.example.org"):
        assert secret not in detail


def test_a_detail_is_short() -> None:
    """Whatever an exception holds."""
    assert len(failed(ValueError("a b " * 5000)).detail) <= 300


def test_what_an_answer_means() -> None:
    """None is healthy, a text a warning; anything else is told as what it is."""
    assert found(None) == Finding("healthy")
    assert found("read-only") == Finding("warning", "read-only")
    assert found(7).status == "unhealthy" and "allowed: None, a text" in found(7).detail


@pytest.mark.parametrize("name", ["", "Lims", "a b", "a:b", 7])
def test_a_name_is_one_that_a_setting_can_give(name: object) -> None:
    """Else the error says what is allowed."""
    with pytest.raises(ValueError, match="as in 'lims'"):
        health_check(name)  # type: ignore[arg-type]
