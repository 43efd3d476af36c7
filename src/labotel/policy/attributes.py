"""Attributes that others said, as they may leave: by what their names mean, else by patterns."""

from collections.abc import Mapping
from typing import Any, Final

from labotel.events.texts import CAP, text_of
from labotel.policy.keyed import marker_of
from labotel.policy.scrubbing import scrub, scrub_short, scrub_url
from labotel.policy.statements import describe
from labotel.policy.still import KEY, ROOM, still

_SHORT: Final = 256
"""Texts up to this length are remembered as they leave."""
_URLS: Final = frozenset({"url.full", "http.url", "http.target", "url.original"})
_STATEMENTS: Final = frozenset({"db.statement", "db.query.text"})
# By OpenTelemetry's semantic conventions these say who or where a person is, in every value.
_GONE: Final = frozenset({
    "url.query", "url.fragment", "http.user_agent", "user_agent.original", "client.address",
    "client.socket.address", "net.peer.ip", "net.sock.peer.addr", "http.client_ip",
    "network.peer.address", "source.address", "enduser.id", "user.id", "user.name", "user.email",
    "user.full_name", "process.owner", "process.command", "process.command_line",
    "process.command_args", "celery.hostname",
})  # fmt: skip
_GONE_BELOW: Final = ("db.query.parameter.", "db.operation.parameter.", "client.geo.", "geo.")


def clean(fields: Mapping[str, Any]) -> dict[str, Any]:
    """Return attributes as they may leave: texts scrubbed, people and their addresses left out."""
    made: dict[str, Any] = {}
    for key, value in fields.items():
        name = key if type(key) is str and len(key) <= KEY else text_of(key, KEY)
        if name not in _GONE and not name.startswith(_GONE_BELOW):
            made[_text(name)] = _value(name, value)
    return made


def _value(key: str, value: Any) -> Any:
    kind = type(value)
    if kind is bool or kind is float or value is None:
        return value
    marker = marker_of(key)
    if marker is not None:
        return marker
    if issubclass(kind, str) and key in _URLS:
        return scrub(scrub_url(text_of(value, CAP)))
    if issubclass(kind, str) and key in _STATEMENTS:
        return scrub(describe(text_of(value, CAP)).shape)
    return scrubbed(value)


def scrubbed(value: Any) -> Any:
    """Return a value with every text in it scrubbed, as deep and as wide as values are followed.

    What is no number, text, list or mapping becomes its text here, as it would where it is
    encoded, and so does what lies too deep.
    """
    kind = type(value)
    if kind is str:
        return _text(value)
    if value is None or kind is bool or kind is int or kind is float:
        return value
    return _scrubbed(still(value, [ROOM]))


def _scrubbed(value: Any) -> Any:
    """Scrub what is still."""
    kind = type(value)
    if kind is str:
        return _text(value)
    if kind is bytes:
        text = value.decode("utf-8", "surrogateescape")
        return scrub(text).encode("utf-8", "surrogateescape")
    if kind is tuple:
        return [_scrubbed(item) for item in value]
    if kind is dict:
        return {_text(k): marker_of(k) or _scrubbed(v) for k, v in value.items()}
    return value


def _text(text: str) -> str:
    return scrub_short(text) if len(text) <= _SHORT else scrub(text)
