"""What ends `make engines`: a failure that its reader can act on, and what Go's output advises."""

import re
from typing import Final

LINES: Final = 30
"""How much of Go's output stands in a message."""

_AGAIN: Final = "run `make engines` again: it goes on where it stopped"
_ADVICE: Final = (
    (r"no space left on device|disk quota exceeded", "The disk is full: {free}"),
    (
        r"checksum mismatch|SECURITY ERROR",
        f"A download is not what its checksum says: {_AGAIN}; or see what GOPROXY gives",
    ),
    (
        r"dial tcp|connection re|timeout|TLS handshake|unexpected EOF|stream error|50\d (Bad|Serv)",
        f"The network failed: {_AGAIN}",
    ),
    (
        r"requires go >= ?[\d.]+|note: module requires Go",
        "Go is too old for a module: get a newer one from https://go.dev/dl",
    ),
    (
        r"signal: killed|cannot allocate memory|out of memory",
        "A compiler was ended, most likely for want of memory: GOFLAGS=-p=1 make engines",
    ),
)


class EngineFailure(Exception):
    """An engine cannot be built; the message says which, why, and what to do."""


def advice(output: str, free: str) -> str:
    """Return the known fix for what Go said, or nothing; `free` is the space where it builds."""
    for pattern, fix in _ADVICE:
        if re.search(pattern, output):
            return f"{fix.format(free=free)}."
    return ""
