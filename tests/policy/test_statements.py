"""Of an SQL statement its operation, its table and its shape are said, never a value."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labotel.policy.statements import SHAPE_LIMIT, describe

TABLES = [
    ("SELECT * FROM lab_protocol WHERE id = 5", "select", "lab_protocol"),
    ('SELECT "lab_protocol"."id" FROM "lab_protocol"', "select", "lab_protocol"),
    ("select id from `lab_protocol` limit 1", "select", "lab_protocol"),
    ("SELECT * FROM [lab_protocol]", "select", "lab_protocol"),
    ("SELECT * FROM public.lab_protocol", "select", "lab_protocol"),
    ('SELECT * FROM "public"."lab_protocol"', "select", "lab_protocol"),
    ("SELECT * FROM lims.public.lab_protocol", "select", "lab_protocol"),
    ("SELECT * FROM ONLY lab_protocol", "select", "lab_protocol"),
    ("SELECT COUNT(*) FROM (SELECT 1 FROM lab_protocol) sub", "select", "lab_protocol"),
    ("SELECT a.id FROM lab_protocol a JOIN lab_sample b ON 1=1", "select", "lab_protocol"),
    ('SELECT EXTRACT(YEAR FROM "d" AT TIME ZONE %s) FROM "lab_protocol"', "select", "lab_protocol"),
    ("SELECT TRIM(BOTH ' ' FROM name) FROM lab_protocol", "select", "lab_protocol"),
    ("SELECT 'from nowhere' FROM lab_protocol", "select", "lab_protocol"),
    ("SELECT 1 FROM lab_protocol FOR UPDATE", "select", "lab_protocol"),
    ("(SELECT 1 FROM lab_protocol) UNION (SELECT 2 FROM other)", "select", "lab_protocol"),
    ("SELECT 1", "select", ""),
    ("  \n\tSELECT\n1\nFROM\nlab_protocol", "select", "lab_protocol"),
    ("/* controller='x' */ SELECT 1 FROM lab_protocol", "select", "lab_protocol"),
    ("-- a note\nSELECT 1 FROM lab_protocol", "select", "lab_protocol"),
    ("INSERT INTO lab_protocol (a) VALUES (1)", "insert", "lab_protocol"),
    ("INSERT OR IGNORE INTO lab_protocol VALUES (1)", "insert", "lab_protocol"),
    ("INSERT INTO lab_protocol VALUES (1) ON CONFLICT DO UPDATE SET a = 2", "insert",
     "lab_protocol"),
    ("UPDATE lab_protocol SET a = 1", "update", "lab_protocol"),
    ('UPDATE "lab_protocol" SET a = 1', "update", "lab_protocol"),
    ("DELETE FROM lab_protocol", "delete", "lab_protocol"),
    ("WITH t AS (SELECT * FROM lab_protocol) SELECT * FROM t", "with", "lab_protocol"),
    ("CREATE TABLE IF NOT EXISTS lab_protocol (id int)", "create", "lab_protocol"),
    ("DROP TABLE IF EXISTS lab_protocol", "drop", "lab_protocol"),
    ("TRUNCATE TABLE lab_protocol", "truncate", "lab_protocol"),
    ("BEGIN", "begin", ""),
    ("COMMIT;", "commit", ""),
    ('SAVEPOINT "s140_x1"', "savepoint", ""),
    ("frobnicate the table", "other", ""),
    ("", "other", ""),
    (";", "other", ""),
]  # fmt: skip


@pytest.mark.parametrize(("sql", "operation", "table"), TABLES)
def test_a_statement_has_an_operation_and_a_table(sql: str, operation: str, table: str) -> None:
    """In lower case; the first table that it reads or writes, without quotes and schema."""
    made = describe(sql)
    if operation == "other":
        assert made.operation == "other"
    else:
        assert (made.operation, made.table) == (operation, table)


@pytest.mark.parametrize(
    "literal",
    [
        "'canary'",
        "'it''s canary'",
        "'it\\'s canary'",
        "E'it\\'s canary'",
        "N'canary'",
        "x'c0ffeecanary'",
        "'two\nlines canary'",
        "$$canary$$",
        "$body$canary$body$",
        "1 -- canary",
        "1 /* canary */",
        "/* it's */ 'canary'",
    ],
)
def test_no_literal_and_no_comment_stays_in_the_shape(literal: str) -> None:
    """However it is quoted."""
    for sql in (
        f"SELECT * FROM t WHERE a = {literal}",
        f"INSERT INTO t VALUES ({literal}, 'canary')",
        f"UPDATE t SET a = 'x', b = {literal} WHERE c = 'canary'",
    ):
        shape = describe(sql).shape
        assert "canary" not in shape, shape
        assert "?" in shape or "(…)" in shape


@pytest.mark.parametrize(
    "rest",
    [
        "'an open end canary",
        "'" + "canary " * 5000 + "'",
        "1 /* canary",
        "$$ canary",
        "E'\\' canary",
    ],
)
def test_a_literal_that_was_cut_does_not_stay_either(rest: str) -> None:
    """A long statement is cut before it is looked at, perhaps in the middle of a text."""
    made = describe(f"INSERT INTO t VALUES ({rest}")
    assert "canary" not in made.shape and made.table == "t"


@pytest.mark.parametrize("number", ["42", "4.2", "-42", "42.", ".42", "4e10", "4.2E-5", "0x42AF"])
def test_no_number_stays_in_the_shape(number: str) -> None:
    """A number may be a person's; names that hold digits stay."""
    shape = describe(f"SELECT t1.a2 FROM table3 WHERE a2 = {number} LIMIT 10").shape
    assert shape.replace("-", "") == "SELECT t1.a2 FROM table3 WHERE a2 = ? LIMIT ?"


def test_parameters_stay_parameters() -> None:
    """They hold no value."""
    sql = "SELECT a FROM t WHERE a = $1 AND b = %s AND c = %(c)s AND d = :d"
    assert describe(sql).shape == sql


@pytest.mark.parametrize("places", ["%s, %s", "%s,%s,%s", "1, 2, 3", "'a', 'b'", "?, ?"])
def test_lists_of_any_length_are_one_shape(places: str) -> None:
    """Else each length of an IN list would be a statement of its own."""
    assert describe(f"SELECT a FROM t WHERE a IN ({places})").shape == (
        "SELECT a FROM t WHERE a IN (…)"
    )


def test_statements_that_differ_in_values_and_spaces_alone_have_one_shape() -> None:
    """The shape is what they have in common."""
    shapes = {
        describe(sql).shape
        for sql in ("SELECT a FROM t WHERE a=1", "SELECT  a\nFROM t WHERE a=22 ",
                    "SELECT a FROM t WHERE a='x'", "SELECT a FROM t WHERE a='it''s x'",
                    "SELECT a /* x */ FROM t WHERE a=.5")
    }  # fmt: skip
    assert shapes == {"SELECT a FROM t WHERE a=?"}


def test_a_long_statement_is_capped() -> None:
    """A shape says what kind of statement it is; thousands of columns do not help."""
    made = describe("SELECT " + ", ".join(f"column_{n}" for n in range(10_000)) + " FROM t")
    assert len(made.shape) <= SHAPE_LIMIT and made.operation == "select"


@given(st.text(alphabet="aF'\"\\$-/* \n(,)?%s1.;", max_size=80))
def test_any_text_has_a_description(sql: str) -> None:
    """Never an error; nothing between two plain quotes stays."""
    describe(sql)
    assert "canary" not in describe(f"SELECT 'canary' FROM t WHERE {sql}").shape


@pytest.mark.parametrize(
    "literal", ["$$paid $5$ by Jane$$", "$x$it says $y$ Jane$x$", "$tag$ Jane", "$$Jane$$"]
)
def test_a_dollar_quote_ends_by_its_own_tag(literal: str) -> None:
    """What looks like another's end within it is part of the value."""
    shape = describe(f"INSERT INTO notes VALUES ({literal})").shape
    assert "Jane" not in shape
    assert shape.startswith("INSERT INTO notes VALUES (?")
