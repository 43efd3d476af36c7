"""Attributes that others said: by what their names mean, else by what their texts hold."""

from collections import deque
from decimal import Decimal
from math import inf
from typing import Any

import pytest

from labotel.policy.attributes import clean, scrubbed
from labotel.policy.still import DEPTH

SECRET = ["password", "user.session_id", "http.request.header.authorization", "apiKey", "csrftoken",
          "http.request.header.cookie", "access_token", "ssn", "card.cvv"]  # fmt: skip
PERSON = ["first_name", "patient.name", "billing_address", "username", "lastName", "apellido"]
ABOUT = ["user.id", "enduser.id", "user.email", "client.address", "geo.lat", "process.owner",
         "process.command_line", "db.query.parameter.0", "url.query"]  # fmt: skip


@pytest.mark.parametrize("name", [*SECRET, *PERSON, "user_agent"])
@pytest.mark.parametrize("value", ["Anna", ["Anna"], {"a": "Anna"}, 40414243, b"Anna"])
def test_an_attribute_that_says_what_it_is_loses_its_value(name: str, value: object) -> None:
    """Whatever the value looks like, in a mapping too."""
    marker = "[secret]" if name in SECRET else "[personal]" if name in PERSON else "[agent]"
    assert clean({name: value, "in": {name: value}}) == {name: marker, "in": {name: marker}}


@pytest.mark.parametrize("name", ABOUT)
def test_an_attribute_about_a_person_is_left_out(name: str) -> None:
    """By OpenTelemetry's semantic conventions, whatever it holds."""
    assert clean({name: "Anna", "kept": 1}) == {"kept": 1}


def test_harmless_attributes_stay() -> None:
    """Numbers, truths, names of tasks, counts of tokens."""
    fields = {"gen_ai.usage.input_tokens": 12, "messaging.message.id": "a", "auth": True,
              "code.function.name": "login", "ratio": inf, "tags": ["a", "b"], "task_name": "x",
              "password": None, "session.length": 5, "enduser.pseudo.id": "p-0"}  # fmt: skip
    assert clean(fields) == fields


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("to anna@example.com", "to [email]"),
        (b"to anna@example.com", b"to [email]"),
        (b"\xff anna@example.com", b"\xff [email]"),
        (bytearray(b"anna@example.com"), b"[email]"),
        (["anna@example.com", 1], ["[email]", 1]),
        (deque(["anna@example.com"]), ["[email]"]),
        ({"anna@example.com"}, "{'[email]'}"),
        ({"anna@example.com": {"x": "192.0.2.1"}}, {"[email]": {"x": "[ip]"}}),
        (Decimal("1.5"), "1.5"),
        (None, None),
    ],
)
def test_every_text_in_a_value_is_scrubbed(value: Any, expected: Any) -> None:
    """Also in bytes, keys, and what becomes its text on the wire."""
    assert scrubbed(value) == expected


def test_what_lies_deep_is_scrubbed_as_text() -> None:
    """No text is out of reach, and a list in itself comes to an end."""
    deep: Any = "anna@example.com"
    for _ in range(DEPTH + 3):
        deep = [deep]
    assert "anna" not in repr(scrubbed(deep)) and "[email]" in repr(scrubbed(deep))
    cyclic: list[Any] = ["anna@example.com"]
    cyclic.append(cyclic)
    assert "anna" not in repr(scrubbed(cyclic))


def test_a_name_of_an_attribute_is_scrubbed() -> None:
    """Whoever counts by person writes it there."""
    assert clean({"seen anna@example.com": 1}) == {"seen [email]": 1}


def test_a_url_and_a_statement_keep_their_shape() -> None:
    """A path may hold a person, a statement of another language its values in double quotes."""
    url = "https://u:p@example.org/users/anna@example.com/?q=1"
    assert clean({"url.full": url}) == {"url.full": "https://example.org/users/[email]/?[query]"}
    assert clean({"db.statement": "SELECT 'Anna', 7"}) == {"db.statement": "SELECT ?, ?"}
    found = clean({"db.query.text": '{"find": "u", "filter": {"mail": "anna@example.com"}}'})
    assert "anna" not in found["db.query.text"]
