"""Hostile text costs no more than its length: nobody can stall an exporter with a log line."""

import sys
from collections.abc import Callable
from time import process_time

import pytest

from labotel.policy import scrubbing, statements

GROWTH = 3.5
"""Twice the text may take so much longer at most; a quadratic pattern takes four times as long."""
NOISE = 0.004
"""Seconds below which a measurement says nothing."""

PIECES = [
    "a", "1", " ", "\t", "é", "-", ".", "@", ":", "::", "'", '"', "\\'", "=", "+", "(", "[", "_",
    "a@", "a.", "@a", "a@a.", "a-", "1 ", "1-", "1.", "1.1.1.", "1234 ", "1234-", "+1", "+1 ",
    "+1(((", "(111) ", "(555", "ab:", "ab::", "eyJ-", "eyJaaaaa-", "-eyJaaaaa", "eyJaaaaa.",
    "Bearer ", "Token a", "Basic  ", "sk_", "sk_a-", "ghp_", "AKIA", "A1", "AB12", "AB12 CDEF ",
    "AB12CDEF", "pass", "password=", "password='", 'password="', "pass='\\", "secret_access_",
    "password: bearer ", "token:\\'", "session", "http://", "http://a:b@", "a://", "a+b.",
    "/", "/a1", "/a", "a1", "/1aA1aA1aA1aA1aA1aA1aA",
    "%40", "%41a ", "a%40", "%", "?a=", "a?a=1", "a?", "Key (a)=(", "Key (a)=(\n",
    "Duplicate entry '", "; args=", 'for type a: "', "time data '", "Incorrect a", "“", "“a ",
    "SELECT ", "SELECT '", "select a", "select a from ", "update a ", "WHERE 'a", "LINE 1: '",
    "] succeeded in 1s: ", 'HTTP/1.1" 200 1 "', ' - a [22/Nov/2026:1] "', 'near "',
    'near "": syntax error', "-----BEGIN PRIVATE KEY-----", "--password ", "password 'a", "SG.",
    "ya29.", "1//a", "a:aaaaaa:", "a=", "Cookie: ", "Cookie: 'a", "user-agent: \"",
    "Authorization: Digest ", "first_name: A", "first_name=A B", "date of birth: ", "name: ",
    "street: a;", "SSN ", "SSN 1", "SSN 12345 ", "patient id ", "dni: 1.", "passport number # ",
    "tel ", "tel: 1 ", "AB 12 34 56 ", "AAAAAA11", "AAAA111111", "12.345.", "12-1234", "1234567",
    "X1234567", "01 23 ", "1 85 05 78 ", "o'", "o'a@", "b'", "v1.2.3.", "a/1.2.3.4 ", "password[",
    "\"a\"]: ", "a.a.a=",
]  # fmt: skip
SQL = ['"', '"a', '"a"', '"a\\',
       "'", "''", "'a", "\\'", "$$", "$a", "$a$", "--", "/*", "*/", "1", "1.", "1e", "(", "(?,",
       "(%s, ", "FROM ", "EXTRACT(", "EXTRACT(a FROM ", "a ", "a.", "e'", " ", "\n"]  # fmt: skip


def cost(work: Callable[[str], object], text: str) -> float:
    """The least of some measurements, in seconds of this process alone."""
    best = sys.float_info.max
    for _ in range(4):
        before = process_time()
        work(text)
        best = min(best, process_time() - before)
    return best


def assert_linear(work: Callable[[str], object], piece: str) -> None:
    """Compare 10k, 20k and 40k characters; a second look where the first was disturbed."""
    for _ in range(3):
        small, middle, large = (
            cost(work, piece * (n // len(piece))) for n in (10000, 20000, 40000)
        )
        if large < NOISE or (middle <= GROWTH * small and large <= GROWTH * middle):
            return
    raise AssertionError(f"{piece!r}: {small:.4f}, {middle:.4f}, {large:.4f} s")


@pytest.mark.parametrize("piece", PIECES)
def test_scrubbing_takes_time_in_line_with_the_text(
    piece: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also beyond the length at which a text is cut, so by the patterns themselves."""
    monkeypatch.setattr(scrubbing, "TEXT_LIMIT", 100_000)
    assert_linear(scrubbing.scrub, piece)


@pytest.mark.parametrize("piece", SQL)
def test_describing_a_statement_takes_time_in_line_with_it(
    piece: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is remembered in between."""
    monkeypatch.setattr(statements, "SHAPE_LIMIT", 100_000)

    def describe(sql: str) -> None:
        statements._describe.cache_clear()
        statements.describe(sql)

    assert_linear(describe, piece)
    statements._describe.cache_clear()


def test_a_line_of_any_length_is_done_soon() -> None:
    """The length is capped: ten megabytes cost what sixteen thousand characters do."""
    short = cost(scrubbing.scrub, "a@b.c " * 3000)
    assert cost(scrubbing.scrub, "a@b.c " * 1_700_000) < max(20 * short, 0.5)
