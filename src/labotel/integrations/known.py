"""Which integrations there are, and which of them can be connected here."""

from collections.abc import Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Final

from labotel.events.errors import nearest


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

    @property
    def missing(self) -> bool:
        """Tell whether a package that it needs is not installed."""
        return not all(map(_installed, self.packages))


KNOWN: Final = {
    "logging": Integration("logs"),
    "threading": Integration("threads"),
    "django": Integration("django", ("django",), 'pip install "labotel[django]"'),
    "celery": Integration(
        "celery", ("celery", "opentelemetry.instrumentation.celery"),
        'pip install "labotel[celery]"',
    ),
    "host": Integration("host", ("psutil",), 'pip install "labotel[host]"'),
    "opentelemetry-django": Integration(
        "packaged", ("django", "opentelemetry.instrumentation.django"),
        'pip install "labotel[django]"', default=False,
    ),
}  # fmt: skip
"""By name. `opentelemetry-django` is OpenTelemetry's own request instrumentation, in place of
labotel's faster one."""


def chosen(names: Sequence[str] | None) -> list[Integration]:
    """Return what is to be connected: what was named, else all defaults; none that is missing."""
    if names is None:
        return [one for one in KNOWN.values() if one.default and not one.missing]
    return [KNOWN[name] for name in names if name in KNOWN and not KNOWN[name].missing]


def problems(names: Sequence[str] | None) -> list[str]:
    """Return what is wrong with the names in `instrument`."""
    found = []
    for name in names or ():
        if name not in KNOWN:
            known = ", ".join(map(repr, KNOWN))
            found.append(f"instrument names {name!r}{nearest(name, KNOWN)}; allowed: {known}")
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
