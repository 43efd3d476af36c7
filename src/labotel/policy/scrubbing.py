"""Personal data in free text is replaced by a marker: the second line, after declared fields.

Own patterns over a capped length; each is a plain scan without nested repetition, so the time
grows linearly with the text. A marker says what kind was found and never a part of it. A bare
name is what no pattern knows: what must not leave is declared `Personal`, or not logged.
"""

import re
from collections.abc import Callable
from ipaddress import AddressValueError, IPv6Address
from typing import Final
from urllib.parse import urlsplit

TEXT_LIMIT: Final = 16_384
_LONGEST: Final = 320
"""The longest e-mail address (RFC 3696, erratum 1690): what a cut may leave half of."""
CUT: Final = "… [cut]"

_KEYS: Final = (
    r"pass(?:word|wd|phrase|code)?|pwd|secret(?:[_-]?(?:access[_-]?)?key)?|token|api[_-]?key|"
    r"access[_-]?key|auth(?:orization)?|session(?:id)?|csrf(?:token|middlewaretoken)?|cookie|"
    r"credentials?|private[_-]?key|ssn|dob|mrn"
)
# The values of these would else be cut short: a scheme, a marker made before, quoted text.
_KEYED: Final = re.compile(
    r"(?i)((?:" + _KEYS + r")\\?['\"]?\s{0,3}[:=]\s{0,3})"
    r"(?:(?:bearer|basic|token|digest)\s{1,3}(?=\S))?"
    r"(?:\[\w+\]|b?'(?:[^'\\]|\\.)*'|b?\"(?:[^\"\\]|\\.)*\"|[^\s,;&)}\]]+)"
)
_URL: Final = re.compile(r"\b[a-z][a-z0-9+.-]{1,15}://[^\s'\"<>]+", re.IGNORECASE)


def _card(match: re.Match[str]) -> str:
    """A number in one piece is a card's by its first digit and its check digit (ISO/IEC 7812)."""
    digits = match.group()
    if not digits.isdigit():
        return "[card]"
    doubled = [int(d) * 2 for d in digits[-2::-2]]
    total = sum(map(int, digits[-1::-2])) + sum(n // 10 + n % 10 for n in doubled)
    return "[card]" if digits[0] in "23456" and total % 10 == 0 else digits


def _ip6(match: re.Match[str]) -> str:
    try:
        IPv6Address(match.group())
    except AddressValueError:
        return match.group()
    return "[ip]"


_UUID: Final = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_CHANGE: Final = re.compile(r"[a-z](?=[A-Z0-9])|[A-Z](?=[0-9])|[0-9](?=[A-Za-z])")
_EXAMINED: Final = 128


def _segment(match: re.Match[str]) -> str:
    """A part of a path is a secret (a reset link's, a signed one) where it looks drawn by chance.

    What was drawn goes between small letters, capitals and digits at every other character or
    third; a slug, a file's name or words run together seldom do. A UUID is an id.
    """
    part = match.group()
    if _UUID.fullmatch(part, 1):
        return part
    head = part[1 : _EXAMINED + 1]
    changes = len(_CHANGE.findall(head))
    return "/[token]" if changes >= 5 and changes >= len(head) / 5 else part


_Replacement = str | Callable[[re.Match[str]], str]
# What a text must hold for the pattern to match, the pattern, and what stands there afterwards.
_PATTERNS: Final[tuple[tuple[str, re.Pattern[str], _Replacement], ...]] = (
    ("eyJ", re.compile(r"(?<![\w-])eyJ[\w-]{5,}\.[\w-]{5,}(?:\.[\w-]*)*"), "[token]"),
    ("", re.compile(r"\bBearer\s+[\w.~+/=-]{6,}", re.IGNORECASE), "[token]"),
    # "Basic settings" is no secret: letters and digits mixed are, and capitals inside a word.
    (
        "",
        re.compile(r"\b(?i:Basic|Token)\s+(?=[\w.~+/-]{0,99}?(?:[\d=]|[a-z][A-Z]))[\w.~+/=-]{6,}"),
        "[token]",
    ),
    (
        "",
        re.compile(
            r"(?<![\w-])(?:(?:[spr]k[_-]|xox[abeprs]-)(?=[A-Za-z_-]*\d)|gh[opsur]_|AKIA)"
            r"[A-Za-z0-9_-]{12,}"
        ),
        "[token]",
    ),
    # Not the host of a URL: that stands behind two of them.
    ("/", re.compile(r"(?<!/)/[\w.~:@%=+-]{20,}"), _segment),
    (
        "@",
        re.compile(
            r"[\w.+%-]{1,64}@(?:(?:[\w-]{1,63}\.){1,8}[^\W\d][\w-]{1,62}|(?:\d{1,3}\.){3}\d{1,3})"
        ),
        "[email]",
    ),
    (
        "",
        re.compile(r"(?<![\w-])[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7} ?[A-Z0-9]{2,4}(?!\w)"),
        "[id]",
    ),
    (
        "",
        re.compile(
            r"(?<![\w.])(?<!\d-)(?:\d{13,19}|\d{4}([ -])(?:\d{4}\1\d{4}\1\d{1,7}|\d{6}\1\d{5}))"
            r"(?!\w|[.-]\d)"
        ),
        _card,
    ),
    ("-", re.compile(r"(?<![\w.-])\d{3}-\d{2}-\d{4}(?![\w-])"), "[id]"),
    (".", re.compile(r"(?<![\w.])(?:\d{1,3}\.){3}\d{1,3}(?![\w.]\d)"), "[ip]"),
    (
        ":",
        re.compile(r"(?<![\w:])(?=[0-9a-fA-F]{0,4}:)[0-9a-fA-F:]{1,44}(?:[0-9a-fA-F]|::)(?!\w)"),
        _ip6,
    ),
    ("+", re.compile(r"(?<![\w.])\+[1-9](?:[ ()./-]{0,3}\d){7,14}(?!\w)"), "[phone]"),
    (
        "",
        re.compile(r"(?<![\w.-])(?:\(\d{3}\)[ .-]?|\d{3}[ .-])\d{3,4}[ .-]\d{4}(?![\w-])"),
        "[phone]",
    ),
)
# None of the patterns can match a text without one of these: one scan clears most lines.
_MAYBE: Final = re.compile(
    r"[@:=]|\d{3}|\d\.\d|\+\d|(?i:bearer|basic|token)\s|eyJ|AKIA|[spr]k[_-]|gh[opsur]_|xox|[A-Z]\d\d|/[\w.~%+-]{20}"
)


def scrub(text: str) -> str:
    """Return the text with personal data replaced by ``[email]``, ``[phone]`` and the like."""
    if len(text) > TEXT_LIMIT:
        text = _cut(text[:TEXT_LIMIT]) + CUT
    if _MAYBE.search(text) is None:
        return text
    if "://" in text:
        text = _URL.sub(_bare_url, text)
    if ":" in text or "=" in text:
        text = _KEYED.sub(r"\1[secret]", text)
    for needle, pattern, replacement in _PATTERNS:
        if needle in text:
            text = pattern.sub(replacement, text)
    return text


def _cut(text: str) -> str:
    """Return the text without its last word: half a word is known to no pattern."""
    head = text.rsplit(None, 1)[0]
    return head if len(text) - _LONGEST <= len(head) < len(text) else text[:-_LONGEST]


def _bare_url(match: re.Match[str]) -> str:
    return scrub_url(match.group())


def scrub_url(url: str) -> str:
    """Return the URL without user, password, query and fragment; what was there is not said."""
    try:
        parts = urlsplit(url)
        host = parts.netloc.rpartition("@")[2]
        _ = parts.port  # a ValueError where a password's '/' or '#' made it look like a host
    except ValueError:
        return "[url]"
    start = f"{parts.scheme}://{host}" if host or parts.scheme else ""
    return f"{start}{parts.path}{'?[query]' if parts.query else ''}"
