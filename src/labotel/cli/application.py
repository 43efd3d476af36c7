"""Finding the application that a command is about, without starting anything of it."""

import os
import re
import sys
from importlib import import_module
from pathlib import Path

import click

from labotel.assembly import Assembly
from labotel.configure import present
from labotel.events.catalog import Catalog

_SETTINGS = re.compile(r"""DJANGO_SETTINGS_MODULE["']\s*,\s*["']([\w.]+)["']""")

settings_option = click.option(
    "--settings",
    metavar="MODULE",
    help="Django's settings, as in lab.settings. Default: DJANGO_SETTINGS_MODULE, else what "
    "manage.py in this folder names.",
)


def load(settings: str | None) -> Assembly | None:
    """Load Django with its settings, where there are any, and return what they configured.

    Nothing is observed or sent meanwhile. Raises click.ClickException where the settings cannot be
    loaded.
    """
    os.environ["LABOTEL_DISABLED"] = "true"
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
    return present()


def catalog_at(place: str) -> Catalog:
    """Return the catalogue at `package.module:name`."""
    module, _, name = place.partition(":")
    if "" not in sys.path:
        sys.path.insert(0, "")
    try:
        found = getattr(import_module(module), name or "catalog")
    except (ImportError, AttributeError, ValueError) as error:
        raise click.ClickException(
            f"there is no catalogue at {place!r}: {error}; allowed: as in lab.telemetry:catalog"
        ) from error
    if not isinstance(found, Catalog):
        raise click.ClickException(
            f"{place!r} is a {type(found).__name__}; allowed: a labotel.Catalog"
        )
    return found


def _of_manage() -> str | None:
    try:
        match = _SETTINGS.search(Path("manage.py").read_text())
    except (OSError, UnicodeDecodeError):
        return None
    return match[1] if match else None
