"""Finding the application that a command is about, without starting anything of it."""

import os
import re
import sys
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

import click

from labotel.assembly import Assembly
from labotel.catalogs.builtin import BUILT_IN
from labotel.configure import Providers, direct
from labotel.events.catalog import Catalog

_SETTINGS = re.compile(r"""DJANGO_SETTINGS_MODULE["']\s*,\s*["']([\w.]+)["']""")

settings_option = click.option(
    "--settings",
    metavar="MODULE",
    help="Django's settings, as in lab.settings. Default: DJANGO_SETTINGS_MODULE, else what "
    "manage.py in this folder names.",
)

catalogs_argument = click.argument("catalogs", nargs=-1, metavar="[MODULE:CATALOG]...")


class Judge:
    """Answers `configure` in an application that is loaded to be looked at: nothing is observed."""

    def __init__(self) -> None:
        self.made: Assembly | None = None

    def configure(
        self, keywords: dict[str, Any], catalogs: Sequence[Catalog], providers: Providers
    ) -> None:
        """Judge the settings and the catalogues, and connect nothing."""
        self.made = Assembly(keywords, catalogs, providers)

    def flush(self, timeout: float) -> bool:
        """Say that nothing waits."""
        return True

    def shutdown(self, timeout: float | None) -> bool:
        """Say that nothing runs."""
        return True

    def present(self) -> Assembly | None:
        """Return what the application configured."""
        return self.made


def load(settings: str | None) -> Assembly | None:
    """Load Django with its settings, where there are any, and return what they configured.

    Nothing is observed or sent meanwhile, whatever the settings say. Raises click.ClickException
    where they cannot be loaded.
    """
    judge = Judge()
    direct(judge)
    if "" not in sys.path:
        sys.path.insert(0, "")
    module = settings or os.environ.get("DJANGO_SETTINGS_MODULE") or _of_manage()
    if module:
        os.environ["DJANGO_SETTINGS_MODULE"] = module
        try:
            import django

            django.setup()
        except Exception as error:
            raise click.ClickException(
                f"Django cannot be set up with the settings {module!r}: "
                f"{type(error).__name__}: {error}. Give others by --settings, or run this where "
                "manage.py stands"
            ) from error
    return judge.made


def catalog_at(place: str) -> Catalog:
    """Return the catalogue at `package.module:name`."""
    module, _, name = place.partition(":")
    if "" not in sys.path:
        sys.path.insert(0, "")
    try:
        found = getattr(import_module(module), name or "catalog")
    except Exception as error:  # a module that is imported may raise anything
        raise click.ClickException(
            f"there is no catalogue at {place!r}: {type(error).__name__}: {error}; allowed: as in "
            "lab.telemetry:catalog"
        ) from error
    if not isinstance(found, Catalog):
        raise click.ClickException(
            f"{place!r} is a {type(found).__name__}; allowed: a labotel.Catalog"
        )
    return found


def chosen(places: Sequence[str], settings: str | None) -> list[Catalog]:
    """Return the catalogues at these places, else those that the application configures."""
    if places:
        return [catalog_at(place) for place in places]
    assembly = load(settings)
    if assembly is None:
        raise click.ClickException(
            "no application was found that calls labotel.configure(); give --settings, or the "
            f"catalogues themselves, as in: {click.get_current_context().command_path} "
            "lab.telemetry:catalog"
        )
    return [catalog for catalog in assembly.runtime.catalogs if catalog not in BUILT_IN]


def _of_manage() -> str | None:
    try:
        match = _SETTINGS.search(Path("manage.py").read_text())
    except (OSError, UnicodeDecodeError):
        return None
    return match[1] if match else None
