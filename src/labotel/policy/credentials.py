"""Patterns of what opens a door: tokens of known makers, keys, links that nobody can guess.

A marker says what kind was found and never a part of it.
"""

import re
from typing import Final

SAID: Final = re.compile(
    r"(?i)((?:password|passwd|passphrase)\s{1,3})(?:'[^'\n]{1,200}'|\"[^\"\n]{1,200}\")"
    r"|(--[\w-]{0,64}(?:password|passwd|secret|token|api-key)\s{1,3})[^\s-]\S*"
)

JWT: Final = re.compile(r"(?<![\w-])eyJ[\w-]{5,}\.[\w-]{5,}(?:\.[\w-]*)*")
BEARER: Final = re.compile(
    r"(?i)\bBearer\s+(?!(?:auth\w*|credentials?|tokens?|realm|schemes?|headers?|formats?)\b)"
    r"[\w.~+/=-]{6,}"
)
# "Basic settings" is no secret: letters and digits mixed are, and capitals inside a word.
BASIC: Final = re.compile(
    r"\b(?i:Basic|Token)\s+(?=[\w.~+/-]{0,99}?(?:[\d=]|[a-z][A-Z]))[\w.~+/=-]{6,}"
)
PRIVATE: Final = re.compile(
    r"-----BEGIN [A-Z ]{0,40}PRIVATE KEY[A-Z ]{0,20}-----.*?(?:-----END[A-Z ]{0,60}-----|\Z)",
    re.DOTALL,
)
MADE: Final = re.compile(
    r"(?<![\w-])(?:"
    r"(?:(?:[spr]k[_-]|xox[abeprs]-)(?=[A-Za-z_-]*\d)|gh[opsur]_|github_pat_|AKIA|ASIA|glpat-|xapp-"
    r"|GOCSPX-|AIza|dop_v1_|shp(?:at|ca|pa|ss)_|sq0[a-z]{3}-|gl(?:sa|c)_|lin_api_|ntn_|PMAK-"
    r"|whsec_|sntry[su]_|pypi-AgE|AGE-SECRET-KEY-)[A-Za-z0-9_-]{12,}"
    r"|(?:ya29|hvs|SG)\.[\w.-]{16,}"
    r"|npm_[A-Za-z0-9]{30,}|hf_[A-Za-z0-9]{30,}|r8_[A-Za-z0-9]{30,}"
    r"|(?:dapi|key-|AC|SK)[0-9a-f]{32}(?!\w)|[0-9a-f]{32}-us\d{1,2}(?!\w)"
    r"|\d{8,10}:[\w-]{35}(?![\w-])|[MNO][\w-]{23,27}\.[\w-]{6}\.[\w-]{27,}"
    r"|1//[\w-]{30,}|[\w.=-]{1,200}:[0-9A-Za-z]{6}:[\w-]{27,43}(?![\w-])"
    r")"
)
SHORTEST: Final = 16
"""The shortest word that `MADE` knows."""
SEGMENT: Final = re.compile(r"(?<!/)/[\w.~:@%=+-]{20,}")  # behind two of them stands a URL's host
SEGMENT_LENGTH: Final = 20
_UUID: Final = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_CHANGE: Final = re.compile(r"[a-z](?=[A-Z0-9])|[A-Z](?=[0-9])|[0-9](?=[A-Za-z])")
_EXAMINED: Final = 128


def segment(match: re.Match[str]) -> str:
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


def said(match: re.Match[str]) -> str:
    """Return what `SAID` found without its value."""
    return f"{match.group(1) or match.group(2)}[secret]"
