"""Personal data in free text is replaced by a marker: the second line, after declared fields.

Own patterns over a capped length; each is a plain scan without nested repetition, so the time
grows linearly with the text. A pattern runs where the text holds what it cannot match without,
so that most lines pay for few. A marker says what kind was found and never a part of it. A bare
name is what no pattern knows: what must not leave is declared `Personal`, or not logged.
"""

import os
import pwd
import re
import socket
from collections.abc import Iterable
from functools import lru_cache
from typing import Final
from urllib.parse import unquote, urlsplit

from labotel.policy import credentials, identifiers, quotations
from labotel.policy.keyed import keyed

TEXT_LIMIT: Final = 16_384
_LONGEST: Final = 320
"""The longest e-mail address (RFC 3696, erratum 1690): what a cut may leave half of."""
CUT: Final = "… [cut]"

# Nothing can be found in a text of these alone, but for the tokens that a word announces.
_PLAIN: Final = re.compile(r"[^@:='\"“?%/\d_-]*+\Z")
_ANNOUNCED: Final = ("bearer", "basic", "token", "a valid choice. ")
_DIGITS: Final = re.compile(r"\d[\d. ]")
_CAPITALS: Final = re.compile(r"[A-Z]{2}(?: ?\d\d|[A-Z]{2}(?:[A-Z]{2})?\d)")
_URL: Final = re.compile(r"\b[a-z][a-z0-9+.-]{1,15}://(?:[^\s'\"<>]|'(?=\w))+", re.IGNORECASE)
_WORD: Final = re.compile(r"(?<![^\s'\"<>])[^\s'\"<>]++")
_ESCAPED: Final = re.compile(r"\\(?:x([0-9a-f]{2})|u((?!d[89a-f])[0-9a-f]{4}))")
# Spaces, hyphens and signs that look like those of a keyboard, and what nobody sees: as pages and
# address books write numbers and addresses.
_ODD: Final = re.compile(
    "[\xa0\xad\u2000-\u2015\u202a-\u202f\u2060-\u2064\u2212\u3000\ufeff\uff01-\uff5e]"
)
_EVEN: Final = {
    **dict.fromkeys((0xA0, *range(0x2000, 0x200B), 0x202F, 0x3000), " "),
    **dict.fromkeys((*range(0x2010, 0x2016), 0x2212), "-"),
    **dict.fromkeys(
        (0xAD, *range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2060, 0x2065), 0xFEFF)
    ),
    **{n: n - 0xFEE0 for n in range(0xFF01, 0xFF5F)},
}
_PERCENT: Final = re.compile(r"%[0-9A-Fa-f]{2}")
_QUERY: Final = re.compile(
    r"(?<=[\w/.-])\?(?=[\w.%+[\]&;,$:~!*(){}@-]{1,200}=)(?:[^\s'\"<>]|'(?=\w))+"
)


def scrub(text: str) -> str:
    """Return the text with personal data replaced by ``[email]``, ``[phone]`` and the like."""
    if len(text) > TEXT_LIMIT:
        # Half a value is known to no pattern: the end goes when all is known.
        return _scrubbed(text[:TEXT_LIMIT])[:-_LONGEST] + CUT
    return _scrubbed(text)


def _scrubbed(text: str) -> str:
    plain = text
    if "\\" in text and _ESCAPED.search(text) is not None:  # as Django logs a path
        plain = _ESCAPED.sub(lambda match: chr(int(match.group(1) or match.group(2), 16)), text)
    plain = _evened(plain)
    if plain is not text:
        made = _scrub(plain)
        if made != plain:
            return made
    return _scrub(text)


def _evened(text: str) -> str:
    """Return a text as a keyboard would have written it."""
    return text if text.isascii() or _ODD.search(text) is None else text.translate(_EVEN)


def _scrub(text: str) -> str:
    low = text.lower()
    if _PLAIN.match(text) and not _holds(low, _ANNOUNCED):
        return text
    text = unowned(text)
    if "PRIVATE KEY" in text:  # has several lines: before a pattern that takes one of them
        text = credentials.PRIVATE.sub("[secret]", text)
    if "://" in text:
        text = _URL.sub(_bare_url, text)
    if "?" in text and "=" in text:
        text = _QUERY.sub("?[query]", text)
    if "%" in text and _PERCENT.search(text) is not None:
        text = _WORD.sub(_decoded, text)
    text = _quoted(text, low)
    text = _opening(text, low)
    if ":" in text or "=" in text:
        text = keyed(text)
    return _reaching(text, low)


@lru_cache(maxsize=4096)
def scrub_short(text: str) -> str:
    """Return the same, remembered: for texts that come again, as attributes' and labels' do."""
    return scrub(text)


def _holds(text: str, words: Iterable[str]) -> bool:
    for word in words:  # noqa: SIM110  # a generator costs more than the look-ups
        if word in text:
            return True
    return False


def _quoted(text: str, low: str) -> str:
    """Take out the values that others quote."""
    for needles, pattern, replacement in quotations.ROWS:
        if _holds(text, needles):
            text = pattern.sub(replacement, text)
    if "'" in text and _holds(low, quotations.SQL_BY):
        text = quotations.SQL.sub(quotations.without_literals, text)
    return text


def _opening(text: str, low: str) -> str:
    """Take out tokens that are known by themselves."""
    if "eyJ" in text:
        text = credentials.JWT.sub("[token]", text)
    if "bearer" in low:
        text = credentials.BEARER.sub("[token]", text)
    if "basic" in low or "token" in low:
        text = credentials.BASIC.sub("[token]", text)
    if "pass" in low or "--" in text:
        text = credentials.SAID.sub(credentials.said, text)
    longest = max(map(len, text.split()), default=0)
    if longest >= credentials.SHORTEST:
        text = credentials.MADE.sub("[token]", text)
        if longest >= credentials.SEGMENT_LENGTH and "/" in text:
            text = credentials.SEGMENT.sub(credentials.segment, text)
    return text


def _reaching(text: str, low: str) -> str:
    """Take out addresses and numbers of people."""
    if "@" in text:
        text = identifiers.EMAIL.sub("[email]", text)
    if _DIGITS.search(text) is not None:
        if _CAPITALS.search(text) is not None:
            text = identifiers.CODED.sub(identifiers.coded, text)
        if _holds(low, identifiers.NAMED_BY):
            text = identifiers.NAMED.sub(r"\1[id]", text)
        if _holds(low, identifiers.CALLED_BY):
            text = identifiers.CALLED.sub(r"\1[phone]", text)
        text = identifiers.NUMBERED.sub(identifiers.numbered, text)
    if "::" in text or text.count(":") > 6:
        text = identifiers.IP6.sub(identifiers.ip6, text)
    return text


@lru_cache(maxsize=8)
def _surroundings(user: int) -> tuple[tuple[str, str], ...]:
    """Return what this process knows of its owner and its host, and what stands there instead.

    A home folder says the owner's name in each traceback; the host's stands in Celery's node names.
    A process that root started for another user (`gunicorn --user`) has root's HOME.
    """
    homes = {os.path.expanduser("~")}
    try:
        owner = pwd.getpwuid(user)
    except KeyError:  # a container's user without a name
        pass
    else:
        if os.path.basename(owner.pw_dir) == owner.pw_name:
            homes.add(owner.pw_dir)
    known = [(f"@{socket.gethostname()}", "@[host]")]
    for home in sorted((home.rstrip("/\\") for home in homes), key=len, reverse=True):
        if len(re.split(r"[/\\]", home)) > 2:  # /home/jane, not / or /root
            known.append((home, "~"))
    return tuple(known)


def unowned(text: str) -> str:
    """Return a text without the process's owner and host: all that labotel's own lines can hold."""
    for known, marker in _surroundings(os.getuid()):
        if known in text:
            text = text.replace(known, marker)
    return text


def _decoded(match: re.Match[str]) -> str:
    """Return a word as it is; where it hides something behind percent signs, what is left of it."""
    word = match.group()
    if _PERCENT.search(word) is None:
        return word
    plain = _evened(unquote(unquote(word)).replace("%", ""))
    for said in (plain, plain.replace("+", " ")):  # which is a space in a form's body
        made = _scrub(said)
        if made != said:
            return made
    return word


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
    path = "/[url]" if "://" in parts.path else parts.path  # one URL in another's path
    return f"{start}{path}{'?[query]' if parts.query else ''}"
