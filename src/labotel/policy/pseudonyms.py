"""Pseudonyms: one person is one short text everywhere; without the key nobody knows who.

Keyed BLAKE2b (RFC 7693) over the value's text, 72 bits: at a million people the chance that any
two share one is below 1 in 9,000.
"""

import hashlib
import re
from typing import Any, Final

PREFIX: Final = "p-"
_CACHE_LIMIT: Final = 20_000
_SHORT: Final = 256
"""Longer texts are not kept: memory is bounded by their number."""
_FORM: Final = re.compile(PREFIX + "[0-9a-f]{18}")


def is_pseudonym(text: object) -> bool:
    """Tell whether something that came from elsewhere has the exact form of a pseudonym."""
    return isinstance(text, str) and _FORM.fullmatch(text) is not None


class Pseudonyms:
    """Turns personal values into pseudonyms under one key (any number of bytes)."""

    def __init__(self, key: bytes) -> None:
        if not key:
            raise ValueError("the pseudonym key is empty; give LABOTEL_PSEUDONYM_KEY a secret")
        self._key = hashlib.blake2b(key, person=b"labotel-pseudo").digest()
        self._known: dict[str, str] = {}

    def of(self, value: Any) -> str | None:
        """Return the pseudonym of a value; 17 and "17" are one person; None stays None."""
        if value is None:
            return None
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
