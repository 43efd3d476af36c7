"""What SQLAlchemy says of a statement's parameters, in errors and by `echo`, does not leave."""

import logging
from typing import Any

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.exc import IntegrityError

from labotel.policy.scrubbing import scrub

PATIENT = "Quillfeather Jane"


def fail(many: bool) -> str:
    """Return the text of a real error."""
    engine = create_engine("sqlite://")
    row = {"name": PATIENT, "what": "line one\nmelanoma"}
    with engine.connect() as connection:
        connection.execute(text("CREATE TABLE people (name TEXT UNIQUE, what TEXT)"))
        insert = text("INSERT INTO people VALUES (:name, :what)")
        connection.execute(insert, row)
        with pytest.raises(IntegrityError) as raised:
            connection.execute(insert, [row, row] if many else row)
    return str(raised.value)


@pytest.mark.parametrize("many", [False, True])
def test_an_errors_parameters_are_values(many: bool) -> None:
    """One row's or many; what failed, and the statement, stay."""
    said = fail(many)
    assert PATIENT in said and "melanoma" in said
    shown = scrub(said)
    assert "Quillfeather" not in shown and "melanoma" not in shown
    assert "UNIQUE constraint failed" in shown and "(Background on this error" in shown


def test_an_error_without_its_last_line_is_scrubbed_to_its_end() -> None:
    """As a text that was cut."""
    assert "Jane" not in scrub("[parameters: ('Quillfeather Jane', 'x')")


def test_what_echo_logs_is_a_value(caplog: pytest.LogCaptureFixture) -> None:
    """The line with the parameters, as it is logged by a real engine."""
    logger = logging.getLogger("sqlalchemy.engine.Engine")
    with caplog.at_level(logging.INFO, logger.name):
        engine: Any = create_engine("sqlite://")
        with engine.connect() as connection:
            for _ in range(2):
                connection.execute(text("SELECT :name"), {"name": PATIENT})
    lines = [record.getMessage() for record in caplog.records]
    told = [line for line in lines if PATIENT in line]
    assert len(told) == 2  # generated, and cached
    assert not [line for line in told if "Quillfeather" in scrub(line)]
