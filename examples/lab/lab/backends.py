"""Where the laboratory keeps its rows, its messages and its cache.

In files of the work folder, so that nothing need be installed; or on the servers that the
environment names. A wrong address is said at the start, without its password.
"""

import os
import re
from typing import Any, Final
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

from lab.work import folder

DATABASE: Final = "LAB_DATABASE_URL"
BROKER: Final = "LAB_BROKER_URL"
CACHE: Final = "LAB_CACHE_URL"

_POSTGRESQL: Final = (
    "'postgresql://user:password@host:port/name', 'postgresql://user@/name?host=/folder' for the "
    "folder of a socket, each with 'sslmode=...' as a parameter where that is wanted"
)
_REDIS: Final = "'redis://:password@host:port/number', 'rediss://...' over TLS"
_BROKER: Final = f"{_REDIS}, 'folder://localhost', 'memory://localhost' within one process"


def database() -> dict[str, Any]:
    """Return Django's database: PostgreSQL where the environment says so, else SQLite."""
    url = os.environ.get(DATABASE)
    return _postgresql(url) if url else _sqlite()


def broker() -> tuple[str, dict[str, Any]]:
    """Return Celery's broker and its options: a folder, unless the environment says another."""
    url = os.environ.get(BROKER) or "folder://localhost"
    scheme = _parts(BROKER, url, _BROKER).scheme
    if scheme == "folder":
        return url, _in_folders()
    if scheme != "memory":
        _check_redis(BROKER, url, _BROKER)
    return url, {}


def cache() -> dict[str, Any]:
    """Return Django's cache: Redis where the environment says so, else a folder."""
    url = os.environ.get(CACHE)
    if not url:
        backend = "django.core.cache.backends.filebased.FileBasedCache"
        return {"BACKEND": backend, "LOCATION": folder("cache")}
    _check_redis(CACHE, url, _REDIS)
    return {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": url}


def _sqlite() -> dict[str, Any]:
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": folder(".") / "lab.sqlite3",
        # Whoever closes the last connection writes the WAL back: not after each request.
        "CONN_MAX_AGE": 60,
        "OPTIONS": {
            # Several processes write: WAL lets readers go on meanwhile, and a transaction that
            # will write asks for the lock at once, where waiting for it is still possible.
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
        },
    }


def _postgresql(url: str) -> dict[str, Any]:
    parts = _parts(DATABASE, url, _POSTGRESQL)
    name = unquote(parts.path.removeprefix("/"))
    options = dict(parse_qsl(parts.query))
    host = options.pop("host", parts.hostname or "")
    known = parts.scheme in ("postgresql", "postgres") and options.keys() <= {"sslmode"}
    if not known or not name or "/" in name or "%" in host or parts.fragment:
        raise _wrong(DATABASE, url, _POSTGRESQL)
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": name,
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": host,
        "PORT": str(parts.port or ""),
        # Other transactions are seen as soon as they are committed, PostgreSQL's default: what two
        # people must not do at once is guarded by the lock of a row, never by the isolation.
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": options,
    }


def _in_folders() -> dict[str, Any]:
    return {
        "data_folder_in": str(folder("queue")),
        "data_folder_out": str(folder("queue")),
        "control_folder": str(folder("control")),
        "processed_folder": str(folder("processed")),
        "store_processed": True,
        "polling_interval": 0.1,
    }


def _check_redis(variable: str, url: str, allowed: str) -> None:
    parts = _parts(variable, url, allowed)
    numbered = re.fullmatch(r"(/\d*)?", parts.path)
    if parts.scheme not in ("redis", "rediss") or not parts.hostname or not numbered:
        raise _wrong(variable, url, allowed)


def _parts(variable: str, url: str, allowed: str) -> SplitResult:
    """Return an address's parts, of which the port is a number."""
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        raise _wrong(variable, url, allowed) from None
    return parts


def _wrong(variable: str, url: str, allowed: str) -> ImproperlyConfigured:
    return ImproperlyConfigured(f"{variable}={_shown(url)!r}: allowed: {allowed}")


def _shown(url: str) -> str:
    """Return an address without its password, also where it is written wrongly."""
    login, at, place = url.rpartition("@")
    scheme, slashes, user = login.rpartition("://")
    name, colon, _ = user.partition(":")
    kept = f"{scheme}{slashes}{name}{':***' if colon else ''}{at}{place}"
    return re.sub(r"(password=)[^&]*", r"\1***", kept)
