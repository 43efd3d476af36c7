"""Values that stand after a name which says what they are: ``password=…``, ``first_name: …``.

One scan finds every name before a colon or an equals sign; what the name means is looked up.
"""

import re
from functools import lru_cache
from typing import Final, Literal

Kind = Literal["secret", "rest", "agent", "person", "place"]

_SECRET: Final = re.compile(
    r"(?i)(?:pass(?:word|wd|phrase|code)?|pwd|contrase[ñn]a|passwort"
    r"|secret(?:[_-]?(?:access[_-]?)?key)?|token"
    r"|(?:api|access|account|signing|encryption|private)[_-]?key|auth(?:orization)?"
    r"|session(?:[_.-]?(?:id|key))?|csrf(?:token|middlewaretoken)?|credentials?"
    r"|ssn|dob|mrn|(?<![a-z])(?:otp|pin|cvv2?|cvc2?))\Z"
)
_COOKIE: Final = re.compile(r"(?i)cookie\Z")
_AGENT: Final = re.compile(r"(?i)user[-_.]?agent\Z")
_PERSON: Final = re.compile(
    r"(?i)(?<![a-z])(?:(?:first|last|middle|full|given|family|maiden|sur|patient|owner|client"
    r"|customer|contact|user|nick)[ _.-]?name|nombre|apellidos?|date[ _-]?of[ _-]?birth"
    r"|birth[ _-]?(?:date|day)|fecha[ _-]?de[ _-]?nacimiento)\Z"
)
_PLACE: Final = re.compile(
    r"(?i)(?<![a-z])(?:(?:street|home|postal|mailing|billing|shipping)[ _.-]?address|street"
    r"|domicilio|direcci[oó]n)\Z"
)
_KINDS: Final[tuple[tuple[Kind, re.Pattern[str]], ...]] = (
    ("secret", _SECRET), ("rest", _COOKIE), ("agent", _AGENT), ("person", _PERSON),
    ("place", _PLACE),
)  # fmt: skip
_MARKERS: Final[dict[Kind, str]] = {
    "secret": "[secret]", "rest": "[secret]", "agent": "[agent]", "person": "[personal]",
    "place": "[personal]",
}  # fmt: skip

_NAME: Final = re.compile(
    r"(?<![\w.-])([\w.-]{1,100}+)\\?(?:['\"]\]?)?\s{0,3}[:=]\s{0,3}(?=[^\s:=])"
)
_LAST_WORDS: Final = frozenset({"name", "birth", "address", "nacimiento"})
"""The last words of names of several words ("date of birth")."""
_BEFORE: Final = 20
# What is no value: a statement's place, and what code says where there is nothing.
_NOTHING: Final = r"(?!(?i:none|null|true|false|%s|%\(\w{1,64}\)s|\?|\$\d)(?:[\s,;&)}\]'\"]|\Z))"
# A marker that was made before, quoted text.
_QUOTED: Final = r"\[\w+\]|b?'(?:[^'\\]|\\.)*'|b?\"(?:[^\"\\]|\\.)*\""
_LINE: Final = re.compile(_NOTHING + "(?:" + _QUOTED + r"|[^\n]+)")
_VALUES: Final[dict[Kind, re.Pattern[str]]] = {
    # What follows some schemes has many parts; else a scheme is no part of the value.
    "secret": re.compile(
        _NOTHING + r"(?:(?i:digest|oauth|aws4-hmac-sha256)\s[^\n]*"
        r"|(?:(?i:bearer|basic|token|digest|negotiate|apikey)\s{1,3}(?=\S))?"
        r"(?:" + _QUOTED + r"|[^\s,;&)}\]]+))"
    ),
    "rest": _LINE,
    "agent": _LINE,
    "person": re.compile(
        _NOTHING + "(?:" + _QUOTED + r"|[^\s,;&)}\]]+(?:[ +][A-Z][^\s,;&)}\]]*){0,4})"
    ),
    "place": re.compile(_NOTHING + "(?:" + _QUOTED + r"|[^\n;&'\"}]+)"),
}  # fmt: skip


@lru_cache(maxsize=4096)
def _kind_of(name: str) -> Kind | None:
    for kind, pattern in _KINDS:
        if pattern.search(name) is not None:
            return kind
    return None


def marker_of(name: str) -> str | None:
    """Return what stands for the value of an attribute with this name; None where it may stay."""
    kind = _kind_of(name[-64:])
    return None if kind is None else _MARKERS[kind]


def keyed(text: str) -> str:
    """Return the text with a marker for each value whose name says that it must not leave."""
    made: list[str] = []
    done = 0
    for found in _NAME.finditer(text):
        if found.start() < done:  # in a value that is gone
            continue
        name = found.group(1)
        if name.lower() in _LAST_WORDS:
            name = text[max(done, found.start() - _BEFORE) : found.end(1)]
        kind = _kind_of(name[-64:])
        if kind is None:
            continue
        value = _VALUES[kind].match(text, found.end())
        if value is not None:
            made += (text[done : found.end()], _MARKERS[kind])
            done = value.end()
    return "".join((*made, text[done:])) if made else text
