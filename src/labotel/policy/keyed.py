"""Values that stand after a name which says what they are: ``password=…``, ``first_name: …``.

One scan finds every name before a colon or an equals sign; what the name means is looked up.
"""

import re
from functools import lru_cache
from typing import Final, Literal

Kind = Literal["secret", "rest", "agent", "person", "birth", "place", "query", "id", "phone"]

_SECRET: Final = re.compile(
    r"(?i)(?:(?<!by)(?<!com)pass(?:word|wd|phrase|code)?|pwd|contrase[ñn]a|passwort"
    r"|secret(?:[_-]?(?:access[_-]?)?key)?|token"
    r"|(?:api|access|account|signing|encryption|private)[_-]?key|auth(?:orization)?"
    r"|session(?:[_.-]?(?:id|key))?|csrf(?:token|middlewaretoken)?|credentials?"
    r"|ssn|mrn|(?<![a-z])(?:otp|pin|cvv2?|cvc2?))\Z"
)
_COOKIE: Final = re.compile(r"(?i)cookies?\Z")
_AGENT: Final = re.compile(r"(?i)user[-_.]?agent\Z")
_PERSON: Final = re.compile(
    r"(?i)(?<![a-z])(?:(?:first|last|middle|full|given|family|maiden|sur|patient|owner|client"
    r"|customer|contact|user|nick)[ _.-]?name|nombre|apellidos?)\Z"
)
_BIRTH: Final = re.compile(
    r"(?i)(?:dob|(?<![a-z])(?:date[ _-]?of[ _-]?birth|birth[ _-]?(?:date|day)"
    r"|fecha[ _-]?de[ _-]?nacimiento))\Z"
)
_PLACE: Final = re.compile(
    r"(?i)(?<![a-z])(?:(?:street|home|postal|mailing|billing|shipping)[ _.-]?address|street"
    r"|domicilio|direcci[oó]n)\Z"
)
_QUERY: Final = re.compile(r"(?i)query[_-]?string\Z")
# In a text these stand before many things, so that the form of what follows counts there
# (`identifiers.NAMED`); as the name of an attribute each says what its value is.
_ID: Final = re.compile(
    r"(?i)(?<![a-z])(?:(?:dni|nie|nif|cuit|cuil|cpf|cnpj|rut|curp|passport|pasaporte|nhs|nino|iban"
    r"|aadhaar|bsn|pesel|personnummer|codice[_-]?fiscale|medical[_-]?record"
    r")(?:[ _.-]?(?:id|no|nr|num|number))?"
    r"|(?:patient|national|tax)[ _.-]?(?:id|no|nr|num|number))\Z"
)
_PHONE: Final = re.compile(
    r"(?i)(?:phone|teléfono|telefono|celular|whatsapp|(?<![a-z])(?:tel|fax|mobile[ _.-]?(?=n)))"
    r"(?:[ _.-]?(?:no|nr|num|number))?\Z"
)
_KINDS: Final[tuple[tuple[Kind, re.Pattern[str]], ...]] = (
    ("secret", _SECRET), ("rest", _COOKIE), ("agent", _AGENT), ("person", _PERSON),
    ("birth", _BIRTH), ("place", _PLACE), ("query", _QUERY),
)  # fmt: skip
_NUMBERS: Final[tuple[tuple[Kind, re.Pattern[str]], ...]] = (("id", _ID), ("phone", _PHONE))
_MARKERS: Final[dict[Kind, str]] = {
    "secret": "[secret]", "rest": "[secret]", "agent": "[agent]", "person": "[personal]",
    "birth": "[personal]", "place": "[personal]", "query": "[query]", "id": "[id]",
    "phone": "[phone]",
}  # fmt: skip

_NAME: Final = re.compile(
    r"(?<![\w.-])([\w.-]{1,100}+)"
    # The last is a header's, as ASGI gives it: (b'cookie', b'theme=dark').
    r"(?:\\{0,8}(?:['\"]\]?)?\s{0,3}[:=]\s{0,3}(?=[^\s:=])|['\"],\s?(?=b['\"]))"
)
_LAST_WORDS: Final = frozenset({"name", "birth", "address", "nacimiento"})
"""The last words of names of several words ("date of birth")."""
_BEFORE: Final = 20
# What is no value: a statement's place, and what code says where there is nothing.
_NOTHING: Final = r"(?!(?i:none|null|true|false|%s|%\(\w{1,64}\)s|\?|\$\d)(?:[\s,;&)}\]'\"]|\Z))"
# A marker that was made before, quoted text.
_TEXT: Final = r"b?'(?:[^'\\]|\\.)*'|b?\"(?:[^\"\\]|\\.)*\""
_QUOTED: Final = (
    r"\[\w+\]|" + _TEXT + r"|\\+\"[^\"\n]*\""  # the last: JSON as a text in JSON
    # What Django has of a form: {'first_name': ['Mary Ann']}.
    r"|[\[(](?:" + _TEXT + r")(?:,\s?(?:" + _TEXT + r")){0,50},?[\])]"
)
_CALL: Final = (  # datetime.date(1980, 5, 17)
    r"[A-Za-z][\w.]{0,40}\((?=[\d'\"]|\w{1,40}=)"
    r"[^()\n]{0,200}(?:\([^()\n]{0,100}\)[^()\n]{0,100})?\)"
)
_NEXT: Final = r"[.,;)}\]]{0,4}(?:\s|\Z|['\"]|[\w.-]{1,64}['\"]?\s?[:=])"
# A password may hold what ends a value elsewhere, where nothing else begins behind it.
_WORD: Final = r"(?:[^\s,;&)}\]]|[,;&)}\]](?!" + _NEXT + "))+"
# Particles stand between names in small letters; what is not small begins one.
_NAMES: Final = (
    r"[^\s,;&)}\]]+(?:[ +](?:(?:de|del|la|las|los|da|das|do|dos|di|du|van|von|der|den|ten|bin"
    r"|al|y|e)[ +]){0,3}[^\W\d_a-zß-öø-ÿ][^\s,;&)}\]]*){0,6}"
)
_DATE: Final = (
    r"[^\s,;&)}\]]+(?:,?[ +/](?:(?:de|del|of)[ +])?(?:\d{1,4}(?:st|nd|rd|th)?\b"
    r"|(?i:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec|ene|abr|ago|set|dic)[a-z]{0,7}\b\.?"
    r")){0,3}"
)
_LINE: Final = re.compile(_NOTHING + "(?:" + _QUOTED + r"|[^\n]+)")
_VALUES: Final[dict[Kind, re.Pattern[str]]] = {
    # What follows some schemes has many parts; else a scheme is no part of the value.
    "secret": re.compile(
        _NOTHING + r"(?:(?i:digest|oauth|aws4-hmac-sha256)\s[^\n]*"
        r"|(?:(?i:bearer|basic|token|digest|negotiate|apikey)\s{1,3}(?=\S))?"
        r"(?:" + _QUOTED + "|" + _WORD + "))"
    ),
    "rest": _LINE,
    "agent": _LINE,
    "person": re.compile(_NOTHING + "(?:" + _QUOTED + "|" + _CALL + "|" + _NAMES + ")"),
    "birth": re.compile(_NOTHING + "(?:" + _QUOTED + "|" + _CALL + "|" + _DATE + ")"),
    "query": re.compile(_NOTHING + "(?:" + _QUOTED + r"|[^\s'\"]+)"),
    "place": re.compile(_NOTHING + "(?:" + _QUOTED + r"|[^\n;&'\"}]+)"),
}  # fmt: skip


@lru_cache(maxsize=4096)
def _kind_of(name: str, attribute: bool = False) -> Kind | None:
    for kind, pattern in (*_KINDS, *_NUMBERS) if attribute else _KINDS:
        if pattern.search(name) is not None:
            return kind
    return None


def marker_of(name: str) -> str | None:
    """Return what stands for the value of an attribute with this name; None where it may stay."""
    kind = _kind_of(name[-64:], attribute=True)
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
