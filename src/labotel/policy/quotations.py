"""Values that others quote in their own words: databases, Django, Celery, web servers.

Each is a head that nobody writes by chance; what stands behind it, up to where the sentence goes on
in the same line, is the value.
"""

import re
from collections.abc import Callable
from typing import Final

VALUE: Final = "[value]"


def _until(*tails: str) -> Callable[[re.Match[str]], str]:
    """Return what replaces the value up to the last of a tail in the line; without one, all."""

    def replaced(match: re.Match[str]) -> str:
        head, rest = match.groups()
        end = max((rest.rfind(tail) for tail in tails), default=-1)
        return f"{head}{VALUE}{match.re.sub(replaced, rest[end:]) if end >= 0 else ''}"

    return replaced


def _quoted(match: re.Match[str]) -> str:
    head, quote, rest = match.groups()
    end = rest.rfind(quote)
    return f"{head}{quote}{VALUE}{match.re.sub(_quoted, rest[end:]) if end >= 0 else ''}"


# A literal may have several lines; where it does not end, it is the rest of its line.
_QUOTE: Final = r"'(?:[^'\\]|''|\\.){0,1000}'|'[^\n]*"
_PART: Final = r"(?:[^'\n]+|" + _QUOTE + ")*"
# From a statement's first word on, in its line and those that go on with it.
SQL: Final = re.compile(
    r"(?:\b(?:SELECT|INSERT\s{1,9}INTO|UPDATE|DELETE\s{1,9}FROM|ALTER\s{1,9}TABLE|VALUES|WHERE|LIKE"
    r"|LINE \d+:)"
    r"|(?i:\b(?:select\s.{1,200}?\sfrom|insert\s{1,9}into|delete\s{1,9}from"
    r"|update\s{1,9}\S{1,200}\s{1,9}set))\s)"
    + _PART
    + r"(?:\n[ \t|]*(?:AND|OR|ON|IN|SET|FROM|JOIN|LEFT|INNER|WHERE|VALUES|HAVING|WHEN|THEN|ELSE"
    r"|ORDER|GROUP|LIMIT|UNION|RETURNING|[(),])" + _PART + ")*"
)
SQL_BY: Final = (
    "alter ",
    "select ",
    "insert ",
    "update ",
    "delete ",
    "values",
    "where",
    "like ",
    "line ",
)
_LITERAL: Final = re.compile(_QUOTE)


def without_literals(match: re.Match[str]) -> str:
    """Return a statement's line with ``?`` for each quoted value."""
    return _LITERAL.sub("?", match.group())


Row = tuple[tuple[str, ...], re.Pattern[str], str | Callable[[re.Match[str]], str]]
ROWS: Final[tuple[Row, ...]] = (
    # PostgreSQL's DETAIL: `Key (lower(name))=(…) already exists.`, `Failing row contains (…).`
    # A value may have several lines.
    (
        ("Key (", "Failing row"),
        re.compile(
            r"(Key \([^\n]{1,300}?\)=\(|Failing row contains \()"
            r"((?:(?:(?!Key \(|Failing row )[^\n)])*\n){0,100}(?:(?!Key \(|Failing row )[^\n])*)"
        ),
        _until(")"),
    ),
    # MySQL's: `Duplicate entry '…' for key 'people.name'`.
    (("Duplicate entry '",), re.compile(r"(Duplicate entry ')([^\n]*)"), _until("' for key")),
    # SQLite's: `near "…": syntax error`.
    (('": syntax error',), re.compile(r"(near \")([^\n]*)"), _until('": syntax error')),
    # A statement that Django's logger shows with its arguments.
    (("; args=",), re.compile(r"(; args=)([^\n]*)"), _until("; alias=")),
    (
        ("for type ", "for enum ", "out of range: ", "with base ", "string to float: ",
         "isoformat string: ", "time data ", "Incorrect ", "COPY "),
        re.compile(
            r"((?:for (?:type|enum) [\w ]{1,40}|out of range|int\(\) with base \d{1,2}"
            r"|string to float|isoformat string|Incorrect [\w ]{1,30} value"
            r"|COPY \w{1,63}, line \d{1,12}(?:, column \w{1,63})?): |time data )(['\"])([^\n]*)"
        ),
        _quoted,
    ),
    # SQLAlchemy's errors, and what it logs of a statement by `echo`.
    (
        ("[parameters: ",),
        re.compile(r"(\[parameters: )[\s\S]*?(\]\n\(Background on this error|\Z)"),
        rf"\1{VALUE}\2",
    ),
    (
        ("[generated in ", "[cached since ", "[no key ", "[raw sql] ", "[caching disabled"),
        re.compile(
            r"(\[(?:generated in|cached since|no key|raw sql|caching disabled)[^\]\n]{0,80}\] )"
            r"[\s\S]+"
        ),
        rf"\1{VALUE}",
    ),
    # Django's validators and fields, an Enum's and pydantic's errors.
    (("“",), re.compile(r"“[^”\n]{0,500}”(?= (?:value |is not a valid))"), f"“{VALUE}”"),
    (
        ("expected a number but got ",),
        re.compile(r"(expected a number but got )([^\n]*)"),
        _until("."),
    ),
    (
        ("Select a valid choice. ",),
        re.compile(r"(Select a valid choice\. )(?!That choice )([^\n]*)"),
        _until(" is not one of"),
    ),
    (("input_value=",), re.compile(r"(\binput_value=)([^\n]*)"), _until(", input_type=")),
    (
        (" is not a valid ",),
        re.compile(r"('|\")(?:(?!\1)[^\n]){1,500}\1(?= is not a valid [A-Za-z])"),
        f"'{VALUE}'",
    ),
    # Celery's `Task name[id] succeeded in 0.1s: result`.
    (
        ("] succeeded in ",),
        re.compile(
            r"(\] succeeded in [\d.e-]{1,24}s: )"
            r"(?!(?:None|True|False|-?[\d.]{1,12}|\[result\])$)[^\n]+",
            re.MULTILINE,
        ),
        r"\1[result]",
    ),
    # What Celery says of messages that it cannot run, with all that is in them.
    (
        ("contents of the message", "decode message body", "TaskPool: Apply "),
        re.compile(
            r"((?:[Tt]he full contents of the message (?:body was|headers):"
            r"|Can't decode message body:|TaskPool: Apply ))[\s\S]*"
        ),
        r"\1 [message]",
    ),
    # A web server's line: who was signed in, where from, with which browser.
    (
        ("] \"",),
        re.compile(r"( - )[^\s\[]+( \[\d{2}/[A-Z][a-z]{2}/\d{4}:[^\]\n]{1,30}\] \")"),
        r"\1-\2",
    ),
    (
        ('" "',),
        re.compile(r'(HTTP/[\d.]{1,4}" \d{3} \S{1,24}) "[^\n]*"'),
        r'\1 "[referer]" "[agent]"',
    ),
)  # fmt: skip
"""What a text must hold, the pattern, and what stands there afterwards."""
