"""Personal data in free text is replaced by a marker: the second line, after declared fields.

Own patterns over a capped length; each is a plain scan without nested repetition, so the time
grows linearly with the text. A marker says what kind was found and never a part of it. A bare
name is what no pattern knows: what must not leave is declared `Personal`, or not logged.
"""

import re
from collections.abc import Callable
from typing import Final
from urllib.parse import urlsplit

TEXT_LIMIT: Final = 16_384
CUT: Final = "… [cut]"

_SECRET_WORDS: Final = (
    r"pass(?:word|wd|phrase)?|pwd|secret|token|api[_-]?key|access[_-]?key|auth(?:orization)?|"
    r"session(?:id)?|csrf(?:token|middlewaretoken)?|cookie|credentials?|private[_-]?key|ssn|dob|mrn"
)

_PATTERNS: Final[tuple[tuple[str, re.Pattern[str]], ...]] = (
    ("token", re.compile(r"\b(?:eyJ[\w-]{5,}\.[\w-]{5,}\.[\w-]*)")),
    ("token", re.compile(r"\b(?:Bearer|Basic|Token)\s+[\w.~+/=-]{6,}", re.IGNORECASE)),
    ("token", re.compile(r"\b(?:sk|pk|ghp|gho|xox[abp]|AKIA)[_-]?[A-Za-z0-9_-]{12,}")),
    ("email", re.compile(r"[\w.+%-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}")),
    ("card", re.compile(r"(?<![\w.])\d(?:[ -]?\d){12,18}(?![\w.])")),
    ("id", re.compile(r"(?<![\w.-])\d{3}-\d{2}-\d{4}(?![\w-])")),
    ("id", re.compile(r"(?<![\w-])[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){3,7}(?![\w])")),
    ("ip", re.compile(r"(?<![\w.])(?:\d{1,3}\.){3}\d{1,3}(?![\w.]\d)")),
    ("ip", re.compile(r"(?<![\w:])(?:[0-9a-fA-F]{1,4}:){3,7}[0-9a-fA-F:]{1,}(?![\w:])")),
    ("phone", re.compile(r"(?<![\w.])\+\d{1,3}(?:[ ().-]{0,2}\d{2,4}){2,5}(?!\w)")),
    ("phone", re.compile(r"(?<![\w.-])\(?\d{3}\)?[ .-]\d{3}[ .-]\d{4}(?![\w-])")),
)
_KEYED: Final = re.compile(
    r"(?i)(['\"]?\b[\w-]{0,40}(?:" + _SECRET_WORDS + r")['\"]?\s{0,3}[:=]\s{0,3})"
    r"('[^']*'|\"[^\"]*\"|[^\s,;&)}\]]+)"
)
_URL: Final = re.compile(r"\b[a-z][a-z0-9+.-]{1,15}://[^\s'\"<>]+", re.IGNORECASE)
# None of the patterns can match a text without one of these: one scan clears most lines.
_MAYBE: Final = re.compile(
    r"[@:=]|\d{3}|\d\.\d|\+\d|(?i:bearer|basic|token)\s|eyJ|AKIA|(?:sk|pk|ghp|gho|xox)"
)


def scrub(text: str) -> str:
    """Return the text with personal data replaced by ``[email]``, ``[phone]`` and the like."""
    if len(text) > TEXT_LIMIT:
        text = text[:TEXT_LIMIT] + CUT
    if _MAYBE.search(text) is None:
        return text
    if "://" in text:
        text = _URL.sub(_bare_url, text)
    if ":" in text or "=" in text:
        text = _KEYED.sub(r"\1[secret]", text)
    for kind, pattern in _PATTERNS:
        text = pattern.sub(f"[{kind}]", text)
    return text


def _bare_url(match: re.Match[str]) -> str:
    return scrub_url(match.group())


def scrub_url(url: str) -> str:
    """Return the URL without user, password, query and fragment; what was there is not said."""
    try:
        parts = urlsplit(url)
        host = parts.netloc.rpartition("@")[2]
    except ValueError:
        return "[url]"
    start = f"{parts.scheme}://{host}" if host or parts.scheme else ""
    return f"{start}{parts.path}{'?[query]' if parts.query else ''}"


Scrubber = Callable[[str], str]
