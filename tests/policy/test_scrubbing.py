"""Free text leaves without personal data, and otherwise as it was."""

import random
import re
import string
from collections import namedtuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labotel.policy import scrubbing
from labotel.policy.scrubbing import CUT, TEXT_LIMIT, scrub, scrub_url

MARKER = re.compile(
    r"\[(?:email|phone|card|id|ip|token|secret|query|url|value|personal|result|agent|referer)\]"
)

# Addresses of RFC 2606, 5737 and 3849, numbers of the card brands' documentation, IBANs of the
# registry's examples; the kind that the marker says.
PERSONAL = [
    ("jane.doe@example.com", "email"),
    ("JANE+filter_1%x@mail.sub.example.co.uk", "email"),
    ("jörg@exämple.org", "email"),
    ("jane@192.0.2.7", "email"),
    ("4111 1111 1111 1111", "card"),
    ("4111-1111-1111-1111", "card"),
    ("4111111111111111", "card"),
    ("5555555555554444", "card"),
    ("378282246310005", "card"),
    ("3782 822463 10005", "card"),
    ("6011111111111117", "card"),
    ("078-05-1120", "id"),
    ("DE89370400440532013000", "id"),
    ("DE89 3704 0044 0532 0130 00", "id"),
    ("GB82 WEST 1234 5698 7654 32", "id"),
    ("FR1420041010050500013M02606", "id"),
    ("NO9386011117947", "id"),
    ("MT84MALT011000012345MTLCAST001S", "id"),
    ("192.0.2.1", "ip"),
    ("203.0.113.255", "ip"),
    ("2001:db8::1", "ip"),
    ("2001:0db8:0000:0000:0000:ff00:0042:8329", "ip"),
    ("2001:db8:1:2::", "ip"),
    ("fe80::1ff:fe23:4567:890a", "ip"),
    ("::1", "ip"),
    ("+54 11 4321-5678", "phone"),
    ("+1 (555) 123-4567", "phone"),
    ("+1-555-123-4567", "phone"),
    ("+15551234567", "phone"),
    ("+33 1 23 45 67 89", "phone"),
    ("+49 30/1234567", "phone"),
    ("+44 (0)20 7946 0958", "phone"),
    ("+39.06.698.12345", "phone"),
    ("(555) 123-4567", "phone"),
    ("(555)123-4567", "phone"),
    ("555-123-4567", "phone"),
    ("555.123.4567", "phone"),
    ("(011) 4321-5678", "phone"),
    ("Bearer abcdefghij", "token"),
    ("bearer mF_9.B5f-4.1JqM", "token"),
    ("Basic dXNlcjpwYXNz", "token"),
    ("Token 9944b09199c62bcf9418", "token"),
    ("eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl", "token"),
    ("eyJhbGciOiJub25lIn0.eyJzdWIiOiIxIn0.", "token"),
    ("sk_live_4eC39HqLyjWDarjtT1zdp7dc", "token"),
    ("ghp_16C7e42F292c6912E7710c838347Ae178B4a", "token"),
    ("xoxb-17653672481-19874698323", "token"),
    ("AKIAIOSFODNN7EXAMPLE", "token"),
]
AROUND = ["{}", "a {} b", "({})", "'{}'", '"{}"', "x={}", "x: {}", "{}.", "{}, {}", "<{}>", "[{}]",
          "{}: refused", "\n{}\n", "sent to {}!", "from {}; done"]  # fmt: skip


@pytest.mark.parametrize(("value", "kind"), PERSONAL, ids=[value for value, _ in PERSONAL])
def test_nothing_of_a_personal_value_stays(value: str, kind: str) -> None:
    """Wherever it stands in a line; a marker of its kind takes its place and nothing else goes."""
    for around in AROUND:
        if value.endswith("::") and around.startswith("{}:"):
            continue  # three colons are no address
        text = scrub(around.format(value, value))
        # The full stop after a token may be a part of it.
        assert text.rstrip(".") == around.format(f"[{kind}]", f"[{kind}]").rstrip(".")


SECRETS = [
    "password={}", "password: {}", "PASSWORD = {}", "passwd={}", "pwd={}", "passphrase={}",
    "DB_PASSWORD={}", "user_password:{}", "django-secret-key={}", "SECRET_KEY = '{}'", "secret={}",
    "api_key={}", "api-key: {}", "apikey={}", "X-API-Key: {}", "access_token={}", "token={}",
    "AWS_SECRET_ACCESS_KEY={}", "private_key={}", "credentials={}", "csrftoken={}",
    "csrfmiddlewaretoken={}", "sessionid={}", "Cookie: {}", "Cookie: sessionid={}; csrftoken={}",
    "Authorization: {}", "Authorization: Bearer {}", "authorization: basic {}",
    "'password': '{}'", '"password": "{}"', '{{"password":"{}"}}', '{{\\"password\\": \\"{}\\"}}',
    "password='two words {}'", 'password="a \\"quoted\\" {}"', "password='it\\'s {}'",
    "password=b'bytes {}'", "ssn={}", "a" * 60 + "_password={}", "login(password={})",
    "HTTP_AUTHORIZATION='Token {}'",
]  # fmt: skip


@pytest.mark.parametrize("text", SECRETS)
def test_the_value_of_a_secret_key_goes_and_the_key_stays(text: str) -> None:
    """In the ways that environments, headers, JSON and `repr` write them."""
    for canary in ("canary", "c4n4ry-x.y/z+w", "канарейка", "[canary"):
        made = scrub(text.format(canary, canary))
        assert canary.strip("[") not in made, made
        assert "[secret]" in made
        key = text.split("{}", maxsplit=1)[0].split(":")[0].split("=")[0].strip("{'\"\\ ")
        assert key in made


URLS = [
    ("https://user:canary@example.org/a/b", "https://example.org/a/b"),
    ("https://canary@example.org:8443/", "https://example.org:8443/"),
    ("postgres://lab:c@n@ry@db:5432/lab", "postgres://db:5432/lab"),
    ("https://example.org/a?canary=1&b=canary", "https://example.org/a?[query]"),
    ("https://example.org/a#canary", "https://example.org/a"),
    ("redis://:canary@cache:6379/0", "redis://cache:6379/0"),
    ("https://example.org/protocols/12/", "https://example.org/protocols/12/"),
    ("http://localhost:4318/v1/traces", "http://localhost:4318/v1/traces"),
]


@pytest.mark.parametrize(("url", "expected"), URLS)
def test_a_url_keeps_where_it_leads_alone(url: str, expected: str) -> None:
    """No user, password, query or fragment; by itself and in a text."""
    assert scrub_url(url) == expected
    assert scrub(f"GET {url} failed") == f"GET {expected} failed"
    assert scrub(f"'{url}'") == f"'{expected}'"


@pytest.mark.parametrize(
    "url",
    ["postgres://admin:can/ary@db:5432/lab", "redis://:can#ary@cache", "amqp://u:can?ary@mq/",
     "http://[canary/x", "http://example.org:canary/"],
)  # fmt: skip
def test_a_url_that_cannot_be_taken_apart_is_not_shown(url: str) -> None:
    """A password with a slash in it looks like a host."""
    assert scrub_url(url) == "[url]"
    assert scrub(f"cannot connect to {url}") == "cannot connect to [url]"


PATHS = [
    # Django's reset link, a signed value (django.core.signing), a token of the secrets module.
    ("/reset/MQ/cxyz12-0a1b2c3d4e5f60718293a4b5c6d7e8f9/", "/reset/MQ/[token]/"),
    ("/confirm/1:1tXabc:Zk3j4Hh2v9QwErTyUiOpAsDfGhJkLzXcVbNm12", "/confirm/[token]"),
    ("/opened/Zx81kPq0Lw3vNaa7rT2yUe9cBq.gif", "/opened/[token]"),
    ("/confirm/user@x.org:1tXabc:Zk3j4Hh2v9QwErTyUiOpAsDfGh", "/confirm/[token]"),
    ("/reset/MQ/c7x5kz%2d3f2a9b8c4d1e5f6a7b8c9d0e1f2a3b4c", "/reset/MQ/[token]"),
    ("/" + "a1b2c3d4" * 200, "/[token]"),
    # What is drawn by nobody: a UUID is an id, a slug and a date are words.
    ("/iphone14pro256gb-black/", None),
    ("/HistopathologyReportForDogNumber7/", None),
    ("/10ways2improve5things-today/", None),
    ("/reports/550e8400-e29b-41d4-a716-446655440000/pdf/", None),
    ("/articles/histopathology-report-of-november-2026/", None),
    ("/backup/lab-2026-11-22T093000.tar.gz.complete", None),
    ("/usr/lib/python3.11/site-packages/opentelemetry/sdk/trace/__init__.py", None),
    ("http://3fa9c1b2d4e5a6b7c8d9e0f1:8000/metrics", None),
]


@pytest.mark.parametrize(("path", "expected"), PATHS)
def test_a_path_loses_what_was_drawn_by_chance(path: str, expected: str | None) -> None:
    """Whoever reads a reset link in a trace could use it; by itself and in a text."""
    assert scrub(path) == (expected or path)
    assert scrub(f"GET {path} HTTP/1.1") == f"GET {expected or path} HTTP/1.1"


def test_what_a_program_draws_goes_nearly_always() -> None:
    """Of each kind of token, all but a few in a hundred, whatever is drawn."""
    chance = random.Random(4)
    letters = string.ascii_letters + string.digits + "-_"
    for alphabet, length in ((letters, 22), (letters, 43), (string.hexdigits[:16], 32)):
        drawn = ["".join(chance.choices(alphabet, k=length)) for _ in range(2000)]
        kept = [token for token in drawn if scrub(f"/reset/{token}/") != "/reset/[token]/"]
        assert len(kept) < 0.05 * len(drawn)


def test_a_path_loses_its_query() -> None:
    """A URL without a host is one too."""
    assert scrub_url("/reset?token=canary") == "/reset?[query]"
    assert scrub_url("/protocols/12/") == "/protocols/12/"


ORDINARY = [
    "Starting development server",
    "2024-11-22 19:23:45,123 INFO lab.views: protocol 9 created for species=canine",
    "2024-11-22T19:23:45.123456+00:00",
    "2024-11-22T19:23:45Z",
    "[22/Nov/2024:19:23:45 +0000] GET /protocols/12/ 200 5316",
    "20241122-192345 and 20241122192345",
    "at 1732303425 s, 1732303425123 ms, 1732303425123456 us, 1732303425123456789 ns",
    "took 0.1234567890123456 s, 12.5 %, 1e-05, -3.25",
    "12:34:56:789",
    "Django 5.2.19, Python 3.11.7, opentelemetry 1.45.1, v1.2.3.4, lodash@4.17.21",
    "550e8400-e29b-41d4-a716-446655440000",
    "12345678-1234-1234-1234-123456789012",
    "trace_id=0af7651916cd43dd8448eb211c80319c span_id=b7ad6b7169203331",
    "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
    "sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    'File "/srv/lab/app/views.py", line 42, in get_queryset',
    "C:\\lab\\app\\views.py:42",
    "src/labotel/policy/scrubbing.py::test_x",
    "std::vector<int>, b[::-1], x::y",
    "localhost:8000, db:5432, 8 workers, pid 12345",
    "Token validation failed; basic settings loaded; invalid token provided",
    "skip_validation_of_rows pk_lab_protocol_status sk-learn-contributors",
    "@login_required, @property, user@host",
    "protocol HP-2024-0123 of 3 cassettes, sample 24-00123",
    "Task lab.render[550e8400-e29b-41d4-a716-446655440000] succeeded in 0.123s: None",
    "SELECT a FROM lab_protocol WHERE id = %s LIMIT 21",
    "DEBUG=True, retries: 3, keys=5, author: X, monkey=1",
    "10,000 events + 250 spans = 10,250; 1+1=2; 3 - 2",
    "[email] [phone] [secret]",
    "",
]


@pytest.mark.parametrize("text", ORDINARY)
def test_an_ordinary_line_stays_as_it_is(text: str) -> None:
    """Times, versions, ids, paths, numbers and words are what people search for."""
    assert scrub(text) == text


@given(
    st.lists(
        st.sampled_from([value for value, _ in PERSONAL]) | st.sampled_from(ORDINARY), max_size=6
    )
)
def test_many_values_in_one_line_all_go(parts: list[str]) -> None:
    """Each by itself, and what is scrubbed twice is the same as once."""
    text = scrub(" | ".join(parts))
    assert all(value not in text for value, _ in PERSONAL if value not in " ".join(ORDINARY))
    assert scrub(text) == text


@given(st.text(max_size=200))
def test_any_text_can_be_scrubbed(text: str) -> None:
    """Without an error."""
    scrub(text)
    scrub_url(text)


def test_a_long_text_is_cut_and_says_so() -> None:
    """A value that the cut would halve goes as a whole."""
    for extra in range(0, 40, 3):
        start = "x " * (TEXT_LIMIT // 2 - 20) + "y" * extra
        text = scrub(start + " canary.canary@example.com " * 9)
        assert text.endswith(CUT) and len(text) <= TEXT_LIMIT + len(CUT)
        assert "canary" not in text


@pytest.mark.parametrize("kind", sorted({kind for _, kind in PERSONAL}))
def test_a_marker_says_the_kind_and_never_a_part(kind: str) -> None:
    """Two values of one kind leave the same marker."""
    made = {scrub(value) for value, k in PERSONAL if k == kind}
    assert made == {f"[{kind}]"}
    assert all(MARKER.fullmatch(marker) for marker in made)


def test_the_owner_of_a_process_goes_whatever_its_environment_says(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Root may have started it for somebody: HOME is root's, the folder is not."""
    fields = ("pw_name", "pw_dir")
    owner = namedtuple("owner", fields)  # noqa: PYI024  # as `pwd` gives it
    monkeypatch.setenv("HOME", "/root")
    line = 'File "/home/jane/lab/views.py", line 3'
    for found, expected in (
        (owner("jane", "/home/jane"), 'File "~/lab/views.py", line 3'),
        (owner("daemon", "/home"), line),  # which says nobody's name
    ):
        monkeypatch.setattr(scrubbing.pwd, "getpwuid", lambda _, found=found: found)
        scrubbing._surroundings.cache_clear()
        assert scrub(line) == expected
    monkeypatch.undo()
    scrubbing._surroundings.cache_clear()


@pytest.mark.parametrize("value", [value for value, _ in PERSONAL])
def test_a_cut_leaves_no_half_of_a_value(value: str) -> None:
    """Wherever it goes through: of an address, and of a number that is written in parts."""
    for shown in range(1, len(value) + 1, 3):
        text = scrub(("x " * TEXT_LIMIT)[: TEXT_LIMIT - shown] + value + " x" * 400)
        assert set(text.removesuffix(CUT)) <= {"x", " "}, shown
