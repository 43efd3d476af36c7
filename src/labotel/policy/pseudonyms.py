"""Pseudonyms: one person is one short text everywhere; without the key nobody knows who.

Keyed BLAKE2b (RFC 7693) over the value's text, 72 bits: at a million people the chance that any
two share one is below 1 in 9,000.
"""

import hashlib
import re
from typing import Any, Final

from labotel.events.marks import Pseudonymous

PREFIX: Final = "p-"
FORMER: Final = ".former"
"""What an attribute's name ends in that holds the pseudonym under the former key."""
_CACHE_LIMIT: Final = 20_000
_SHORT: Final = 256
"""Longer texts are not kept: memory is bounded by their number."""
_FORM: Final = re.compile(PREFIX + "[0-9a-f]{18}")


def is_pseudonym(text: object) -> bool:
    """Tell whether something that came from elsewhere has the exact form of a pseudonym."""
    return isinstance(text, str) and _FORM.fullmatch(text) is not None


class Pseudonyms:
    """Turns personal values into pseudonyms under one key (any number of bytes).

    While keys rotate, `former` is the key before: records hold both pseudonyms.
    """

    def __init__(self, key: bytes, former: bytes | None = None) -> None:
        if not key:
            raise ValueError("the pseudonym key is empty; give LABOTEL_PSEUDONYM_KEY a secret")
        self._key = hashlib.blake2b(key, person=b"labotel-pseudo").digest()
        self._known: dict[str, str] = {}
        self.former = Pseudonyms(former) if former and former != key else None
        """The pseudonyms under the former key, while there is one."""

    def of(self, value: Any) -> str | None:
        """Return the pseudonym of a value; 17 and "17" are one person; None stays None.

        What is one already stays as it is.
        """
        if value is None:
            return None
        if type(value) is Pseudonymous:
            return str.__str__(value)
        try:
            text = str(value)
        except ValueError:  # an int of more digits than Python prints
            text = hex(value)
        made = self._known.get(text)
        if made is None:
            if len(self._known) >= _CACHE_LIMIT:
                self._known.clear()
            raw = text.encode("utf-8", "surrogatepass")
            digest = hashlib.blake2b(raw, key=self._key, digest_size=9).hexdigest()
            made = PREFIX + digest
            if len(text) <= _SHORT:
                self._known[text] = made
        return made

    def fields(self, name: str, value: Any) -> dict[str, str]:
        """Return a person as attributes: `name`, and while keys rotate ``name.former``.

        Nobody is no attribute.
        """
        made = self.of(value)
        if made is None:
            return {}
        if self.former is None or type(value) is Pseudonymous:
            return {name: made}
        return {name: made, name + FORMER: self.former.of(value) or made}

    def all(self, value: Any) -> tuple[str, ...]:
        """Return a person's pseudonyms, the present one first."""
        return tuple(self.fields("", value).values())
