"""What may be said of a text that a check found: drivers put addresses and accounts into theirs."""

import re
from typing import Final

from labotel.pages.health import DETAIL
from labotel.policy.scrubbing import scrub

_URL: Final = re.compile(r"\b[a-z][a-z0-9+.-]{1,20}://\S+", re.IGNORECASE)
_PAIR: Final = re.compile(
    r"(?i)\b(user(?:name)?|role|password|passwd|pwd|host(?:name)?|server(?: at)?|for user|account)"
    r"(\s*=\s*|\s+)(\"[^\"]*\"|'[^']*'|(?<==)\S+)"
    r"(?:@(?:'[^']*'|\"[^\"]*\"|[\w.:-]+))?"
)


def told(text: str) -> str:
    """Return a text without addresses, accounts and secrets."""
    text = _URL.sub("[address]", text[:2000])
    text = _PAIR.sub(lambda m: f"{m[1]}{m[2]}[hidden]", text)
    return scrub(text)[:DETAIL]
