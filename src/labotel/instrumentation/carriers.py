"""A request's headers as a propagator reads them, in whichever form a server gives them."""

from collections.abc import Callable, Mapping
from typing import Any, Final, NamedTuple


class Form(NamedTuple):
    """How a mapping of headers names them."""

    name: Callable[[str], str]
    """A header's key."""
    carrier: Callable[[Mapping[str, Any]], dict[str, Any]]
    """The headers by their names in lower case."""


def _key(field: str) -> str:
    return "HTTP_" + field.upper().replace("-", "_")


def _of_environ(environ: Mapping[str, Any]) -> dict[str, Any]:
    return {
        key[5:].replace("_", "-").lower(): value
        for key, value in environ.items()
        if key.startswith("HTTP_")
    }


ENVIRON: Final = Form(_key, _of_environ)
"""WSGI's environ, and Django's META: HTTP_NAME beside much else."""
LOWER: Final = Form(str.lower, dict)
"""By their names in lower case, as ASGI has them; texts."""
