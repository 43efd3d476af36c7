"""Which integrations there are, and which of them can be connected here."""

from collections.abc import Sequence
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from typing import Final

from labotel.events.catalog import Catalog
from labotel.events.errors import nearest
from labotel.events.event import Event


@dataclass(frozen=True)
class Integration:
    """One name that `instrument` may give."""

    module: str
    """Below `labotel.integrations`; its `join` connects it."""
    packages: tuple[str, ...] = ()
    """What must be installed."""
    install: str = ""
    """The line that installs it."""
    default: bool = True
    """Whether it is connected where nobody chose."""
    says: tuple[str, ...] = ()
    """The catalogues below `labotel.catalogs` that it speaks by."""

    @property
    def missing(self) -> bool:
        """Tell whether a package that it needs is not installed."""
        return not all(map(_installed, self.packages))


_DJANGO: Final = (
    "http", "database", "cache", "accounts", "mail", "files", "commands",
)  # fmt: skip

KNOWN: Final = {
    "logging": Integration("logs"),
    "structlog": Integration("structlog", ("structlog",), "pip install structlog"),
    "loguru": Integration("loguru", ("loguru",), "pip install loguru"),
    "threading": Integration("threads"),
    "django": Integration(
        "django", ("django",), 'pip install "labotel[django]"', says=_DJANGO
    ),
    "migrations": Integration(
        "migrations", ("django",), 'pip install "labotel[django]"', says=("database",)
    ),
    "celery": Integration(
        "celery", ("celery", "opentelemetry.instrumentation.celery"),
        'pip install "labotel[celery]"', says=("tasks",),
    ),
    "sqlalchemy": Integration(
        "sqlalchemy", ("sqlalchemy",), 'pip install "labotel[sqlalchemy]"', says=("database",)
    ),
    "psycopg": Integration(
        "psycopg", ("psycopg",), 'pip install "labotel[psycopg]"', says=("database",)
    ),
    "psycopg2": Integration(
        "psycopg2", ("psycopg2",), 'pip install "labotel[psycopg2]"', says=("database",)
    ),
    "redis": Integration("redis", ("redis",), 'pip install "labotel[redis]"', says=("redis",)),
    "host": Integration("host", ("psutil",), 'pip install "labotel[host]"', says=("host",)),
    "subprocess": Integration("subprocess", says=("programs",)),
    "flask": Integration("flask", ("flask",), 'pip install "labotel[flask]"', says=("http",)),
    "wsgi": Integration("wsgi", says=("http",)),
    "asgi": Integration("asgi", says=("http",)),
    "requests": Integration(
        "requests", ("requests",), 'pip install "labotel[requests]"', says=("calls",)
    ),
    "httpx": Integration("httpx", ("httpx",), 'pip install "labotel[httpx]"', says=("calls",)),
    "process": Integration("process", says=("process",)),
    "paths": Integration("paths", says=("paths",)),
    "opentelemetry-django": Integration(
        "packaged", ("django", "opentelemetry.instrumentation.django"),
        'pip install "labotel[django]"', default=False, says=_DJANGO,
    ),
}  # fmt: skip
"""By name. `opentelemetry-django` is OpenTelemetry's own request instrumentation, in place of
labotel's faster one."""

BACKGROUND: Final = frozenset({"database", "cache", "commands", "redis", "host", "process"})
"""Catalogues of what is no work of a process itself: of nothing else, it reads its own gauges."""


def chosen(names: Sequence[str] | None) -> list[Integration]:
    """Return what is to be connected: what was named, else all defaults; none that is missing.

    A name with a `-` leaves that one out of all defaults, to which the others that are named come.
    """
    return [KNOWN[name] for name in _wanted(names) if not KNOWN[name].missing]


def _wanted(names: Sequence[str] | None) -> list[str]:
    named = [name for name in names or () if name in KNOWN]
    without = {name[1:] for name in names or () if name.startswith("-")}
    if names is not None and not without:
        return named
    wanted = dict.fromkeys([name for name, one in KNOWN.items() if one.default] + named)
    return [name for name in wanted if name not in without]


def is_wanted(name: str, names: Sequence[str] | None) -> bool:
    """Tell whether an integration would be connected if what it needs is installed."""
    return name in _wanted(names)


def catalogs(names: Sequence[str] | None) -> list[Catalog]:
    """Return what is said by what is to be connected; only that is imported, for it costs time."""
    said = dict.fromkeys(name for one in chosen(names) for name in one.says)
    return [_catalog(name) for name in said]


def background(names: Sequence[str] | None) -> frozenset[type[Event]]:
    """Return the events of these that are no work of a process itself."""
    said = {name for one in chosen(names) for name in one.says} & BACKGROUND
    return frozenset(event for name in said for event in _catalog(name).events)


def _catalog(name: str) -> Catalog:
    found: Catalog = import_module(f"labotel.catalogs.{name}").catalog
    return found


def problems(names: Sequence[str] | None) -> list[str]:
    """Return what is wrong with the names in `instrument`."""
    without = [name for name in names or () if name.startswith("-")]
    found = []
    for name in names or ():
        bare = name.removeprefix("-")
        if bare not in KNOWN:
            known = ", ".join(map(repr, KNOWN))
            found.append(
                f"instrument names {name!r}{nearest(bare, KNOWN)}; allowed: {known}, and '-name' "
                "for all defaults but that one"
            )
        elif name != bare:
            if bare in (names or ()):
                found.append(f"instrument names both {bare!r} and {name!r}; allowed: one of them")
        elif without and KNOWN[name].default:
            found.append(
                f"instrument names {name!r} beside {without[0]!r}, which means all defaults but "
                f"that one; allowed: names alone, or names with '-' and those that are no default"
            )
        elif KNOWN[name].missing:
            found.append(
                f"instrument names {name!r}, which is not installed: {KNOWN[name].install}"
            )
    return found


def _installed(package: str) -> bool:
    try:
        return find_spec(package) is not None
    except ModuleNotFoundError:
        return False
    except ValueError:  # a stand-in of a test's, made by hand
        return True
