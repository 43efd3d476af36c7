"""Which versions of which package, by which Python, and which tests are theirs."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True)
class Row:
    """One version: `requirements` are what pip is asked for, over what the tests have anyway."""

    package: str
    version: str
    requirements: tuple[str, ...]
    tests: tuple[str, ...]
    """Patterns of files below `tests/`."""
    python: tuple[int, int] | None = None
    """The Python that it needs at least; none where each that labotel runs on will do."""
    newest: bool = False
    """Whether pip is asked for more than a final release: a version that is still made."""


_CELERY: Final = ("instrumentation/test_celery_*.py", "processes/test_celery*.py")
_DJANGO: Final = ("instrumentation/test_django*.py", "processes/test_servers.py")
_SQLALCHEMY: Final = ("instrumentation/test_sqlalchemy*.py",)
_FLASK: Final = ("instrumentation/test_flask*.py",)


def _row(package: str, version: str, tests: tuple[str, ...], *more: str, **rest: object) -> Row:
    asked = (f"{package}~={version}.0", *more)
    return Row(package, version, asked, tests, **rest)  # type: ignore[arg-type]  # of this file


# Celery takes kombu and billiard as new as they are. With billiard 4.2 the pool that has no event
# loop (with the folder broker) may hang after a hard time limit, with labotel or without.
ROWS: Final = (
    _row("celery", "5.3", _CELERY),
    _row("celery", "5.4", _CELERY),
    _row("celery", "5.5", _CELERY),
    _row("celery", "5.6", _CELERY),
    Row("celery", "newest", ("celery",), _CELERY),
    _row("django", "4.2", _DJANGO),
    _row("django", "5.0", _DJANGO),
    _row("django", "5.1", _DJANGO),
    _row("django", "5.2", _DJANGO),
    _row("django", "6.0", _DJANGO, python=(3, 12)),
    _row("sqlalchemy", "1.4", _SQLALCHEMY),
    _row("sqlalchemy", "2.0", _SQLALCHEMY),
    Row("sqlalchemy", "2.1", ("sqlalchemy>=2.1.0a1,<2.2",), _SQLALCHEMY, newest=True),
    _row("flask", "2.3", _FLASK, "werkzeug~=2.3.0"),
    _row("flask", "3.0", _FLASK),
    _row("flask", "3.1", _FLASK),
)
