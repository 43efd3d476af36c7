"""Patterns of what names or reaches a person: addresses, numbers of phones, cards, ids.

Each is a plain scan: what may repeat is bounded, or cannot be entered twice for one character. A
number that other things are numbered by, too, is known by its check digit or by a word before it.
"""

import re
from ipaddress import AddressValueError, IPv6Address
from typing import Final

_DOMAIN: Final = (
    r"(?:(?:[\w-]{1,63}\.){1,8}[^\W\d][\w-]{1,62}|(?:\d{1,3}\.){3}\d{1,3}"
    r"|\[(?:IPv6:)?[0-9a-fA-F:.]{2,45}\])"
)
EMAIL: Final = re.compile(
    r"(?:(?<![\w.+%-])(?!r?b')"
    # Of a bounced mail: whom it was for stands before the list's own address.
    r"(?:[\w.%-]++\+[\w.%+-]++=|SRS[01][+=-][\w.+=-]{1,200}=)?"
    r"[\w.+%-]++(?:'[\w.+%-]++)?|\"[^\"\s][^\"\n]{0,62}\")@" + _DOMAIN
)
IP6: Final = re.compile(
    r"(?<![\w:])([A-Za-z_]\w{0,30}:)??((?=[0-9a-fA-F]{0,4}:)[0-9a-fA-F:]{1,44}(?:[0-9a-fA-F]|::))(?!\w)"
)
CODED: Final = re.compile(
    r"(?<![\w-])(?:"
    # IBAN (ISO 13616); Mexico's CURP; Italy's codice fiscale; Britain's NINO with its spaces.
    r"(?P<iban>[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7} ?[A-Z0-9]{2,4})"
    r"|[A-Z]{4}\d{6}[HMX][A-Z]{5}[A-Z0-9]\d"
    r"|[A-Z]{6}\d{2}[A-EHLMPRST]\d{2}[A-Z]\d{3}[A-Z]"
    r"|[A-Z]{2} \d{2} \d{2} \d{2} [A-D]"
    r")(?!\w)"
)
NUMBERED: Final = re.compile(
    r"(?=[\d+(XYZ])(?<![\w.])(?:"
    r"(?P<card>(?<!\d-)(?:\d{13,19}|\d{4}([ -])(?:\d{4}\2\d{4}\2\d{1,7}|\d{6}\2\d{5}))"
    r"(?!\w|[.-]\d))"
    # Social security (US); CPF and CNPJ (Brazil); RUN (Chile); numéro de sécurité sociale (France).
    r"|(?P<id>(?<!-)(?:\d{3}-\d{2}-\d{4}|\d{3}\.\d{3}\.\d{3}-\d{2}"
    r"|\d{2}\.\d{3}\.\d{3}/\d{4}-\d{2}|\d{1,2}\.\d{3}\.\d{3}-[\dkK]"
    r"|[12] \d{2} \d{2} \d{2} \d{3} \d{3}(?: \d{2})?)(?![\w-]))"
    r"|(?P<cuit>(?<!-)\d{2}-\d{8}-\d(?![\w-]))"
    r"|(?P<dni>(?<!-)[\dXYZ]\d{7}-?[A-Z](?!\w))"
    r"|(?P<ip>(?:\d{1,3}\.){3}\d{1,3}(?![\w.]\d))"
    r"|(?P<phone>\+[1-9](?:[ ()./-]{0,3}\d){7,14}(?!\w)"
    # Three numbers with spaces alone between them may be anything, unless the first begins with 0.
    r"|(?<!-)(?:1[ .-]{1,2})?(?:\(\d{3}\)[ .-]?\d{3,4}[ .-]|\d{3}[.-]\d{3,4}[ .-]|\d{3} \d{3,4}[.-]"
    r"|0\d{2} \d{3,4} )\d{4}(?![\w-])"
    r"|(?<!-)0[1-9](?:[ .]\d{2}){4}(?!\w|[ .-]\d))"
    r")"
)
_VALUE: Final = (
    r"(?:[A-Za-z]{0,3}\d{1,4}(?:[ ./-]\d{2,6}){1,5}[\w-]{0,20}|[\w./-]{0,20}\d[\w./-]{0,20})(?<!\.)"
)
NAMED: Final = re.compile(
    r"(?i)(?<![^\W_])((?:ssn|social[ _]security|nino|national[ _]insurance|nhs|dni|nie|nif|cuit"
    r"|cuil|cpf|cnpj|rut|curp|passport|pasaporte|mrn|medical[ _]record|historia cl[ií]nica|patient"
    r"|iban|aadhaar|bsn|pesel|personnummer|codice fiscale|steuer-?id|tax[ _]id|national[ _]id"
    r"|identity[ _]card|health[ _]card|driver'?s? licen[cs]e)[ _-]?"
    # A word alone needs five digits after it (a year has four); one that says "number", fewer;
    # between quotes it is a name (JSON's).
    r"(?:(?:id|no\.?|nr\.?|number|num\.?)?\\{0,8}['\"]\]?\s{0,3}[:=]\s{0,3}(?:[\[(]?\\{0,8}['\"])?"
    r"|(?:id|no\.?|nr\.?|number|num\.?)\s{0,3}[:=#]?\s{0,3}|\s{0,3}[:=#]\s{0,3}(?:[\[(]?\\{0,8}['\"])?"
    r"|\s{0,3}(?!\d{4}-\d\d-\d\d(?!\d))(?=[A-Za-z]{0,3}\d(?:[ ./-]?\d){4})))" + _VALUE
)
NAMED_BY: Final = (
    "ssn", "social", "nino", "insurance", "nhs", "dni", "nie", "nif", "cui", "cpf", "cnpj",
    "rut", "curp", "passport", "pasaporte", "mrn", "medical", "historia", "patient", "iban",
    "aadhaar", "bsn", "pesel", "personnummer", "codice", "steuer", "tax", "national",
    "identity", "health", "driver",
)  # fmt: skip
"""What a text in small letters holds where `NAMED` can match."""
CALLED: Final = re.compile(
    r"(?i)(?<![a-z])((?:tele(?:phone|fono|fon)|teléfono|tel|phone|mobile|cellphone|celular|fax"
    r"|whatsapp)(?:[ _-]?(?:no\.?|nr\.?|number))?\.?"
    r"\\{0,8}['\"]?\s{0,3}[:=]?\s{0,3}[\[(]?\\{0,8}['\"]?)"
    r"(?!\d{4}-\d\d-\d\d(?!\d))\(?\d(?:[ ()./-]{0,2}\d){6,14}(?!\w)"
)
CALLED_BY: Final = ("tel", "phone", "mobile", "celular", "fax", "whatsapp")
_VERSION: Final = re.compile(
    r"(?:\bv(?:ersion|\.)?|[=~<>]=|@|[\s('\";,][^\W\d_][\w-]{0,20}/)\s?\Z", re.IGNORECASE
)
"""What stands before four numbers with dots that are a version's (``Chrome/120.0.0.0``)."""
_LETTERS: Final = "TRWAGMYFPDXBNJZSQVHLCKE"


def numbered(match: re.Match[str]) -> str:
    """Return the marker of what `NUMBERED` found, or the text where its digits say otherwise."""
    kind, text = match.lastgroup, match.group()
    if kind == "card" and not _is_card(text):
        return text
    if kind == "ip" and not _is_address(match):
        return text
    if kind == "cuit" and not _is_cuit(text):
        return text
    if kind == "dni" and not _is_dni(text):
        return text
    return f"[{kind}]" if kind in ("card", "ip", "phone") else "[id]"


def _is_card(text: str) -> bool:
    """A number is a card's by its first digit and its check digit (ISO/IEC 7812)."""
    digits = [int(d) for d in text if d.isdigit()]
    doubled = [d * 2 for d in digits[-2::-2]]
    total = sum(digits[-1::-2]) + sum(n // 10 + n % 10 for n in doubled)
    return digits[0] in (2, 3, 4, 5, 6) and total % 10 == 0


def coded(match: re.Match[str]) -> str:
    """Return the marker of what `CODED` found; an IBAN is one by its check digits (modulo 97).

    Words in capitals behind one look like its last groups.
    """
    text = match.group("iban")
    if text is None:
        return "[id]"
    end = len(text)
    while end > 14:
        plain = text[:end].replace(" ", "")
        if int("".join(str(int(c, 36)) for c in plain[4:] + plain[:4])) % 97 == 1:
            return "[id]" + text[end:]
        end = text.rfind(" ", 0, end)
    return text


def _is_address(match: re.Match[str]) -> bool:
    """Four numbers up to 255 are an address, unless what stands before says that of a version.

    Nobody has an address that begins with 0.
    """
    parts = match.group().split(".")
    if any(int(part) > 255 for part in parts) or parts[0].strip("0") == "":
        return False
    start = match.start()
    before = match.string[start - 24 : start] if start >= 24 else " " + match.string[:start]
    return _VERSION.search(before) is None


def _is_cuit(text: str) -> bool:
    """Argentina's tax number: the last digit is a check, modulo 11."""
    digits = [int(d) for d in text if d.isdigit()]
    weighed = sum(d * w for d, w in zip(digits, (5, 4, 3, 2, 7, 6, 5, 4, 3, 2), strict=False))
    return (11 - weighed % 11) % 11 == digits[10]


def _is_dni(text: str) -> bool:
    """Spain's DNI and NIE: the letter is a check, modulo 23."""
    digits = str("XYZ".find(text[0])) + text[1:8] if text[0] in "XYZ" else text[:8]
    return _LETTERS[int(digits) % 23] == text[-1]


def ip6(match: re.Match[str]) -> str:
    """Return a marker for what is an IPv6 address, and the text of what is none (a time)."""
    name, text = match.groups("")
    try:
        IPv6Address(text)
    except AddressValueError:
        return match.group()
    return f"{name}[ip]"
