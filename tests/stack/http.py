"""Questions over HTTP to servers on loopback."""

import json
import urllib.error
import urllib.parse
import urllib.request
from typing import Any


class Refused(Exception):
    """A server's answer that says no, with its words."""


def ask(url: str, **parameters: str | float) -> Any:
    """Return the JSON that a server answers."""
    asked = f"{url}?{urllib.parse.urlencode(parameters)}" if parameters else url
    try:
        with urllib.request.urlopen(asked, timeout=30) as answer:
            return json.load(answer)
    except urllib.error.HTTPError as error:
        raise Refused(f"{asked}: {error.code} {error.read().decode(errors='replace')}") from None


def answers(url: str) -> bool:
    """Tell whether a server answers a question with yes."""
    try:
        with urllib.request.urlopen(url, timeout=5):
            return True
    except OSError:
        return False
