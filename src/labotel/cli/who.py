"""`labotel who`: turns pseudonyms back into people, for those who hold the key.

A pseudonym cannot be inverted: the candidates are hashed with the application's key and compared.
"""

import io
import re
import sys
from collections.abc import Iterator, Sequence
from typing import Any

import click

from labotel.assembly import Assembly
from labotel.cli.application import load, settings_option
from labotel.configure import configure, present
from labotel.export import keys
from labotel.policy.pseudonyms import PREFIX, Pseudonyms

_PSEUDONYM = re.compile(re.escape(PREFIX) + r"[0-9a-f]{18}")


@click.command(short_help="Say whom a pseudonym means, among candidates.")
@click.argument("pseudonyms", nargs=-1, required=True)
@settings_option
@click.option("--model", metavar="APP.MODEL", help="Look among the rows of a Django model.")
@click.option("--field", default="pk", show_default=True,
              help="The model's field whose value the events carry.")  # fmt: skip
def who(pseudonyms: Sequence[str], settings: str | None, model: str | None, field: str) -> None:
    r"""Say whom PSEUDONYMS mean, among candidates from a model's field or from standard input.

    \b
        labotel who p-3f29... --model auth.User
        cut -d, -f1 clients.csv | labotel who p-3f29...

    The key is the application's: LABOTEL_PSEUDONYM_KEY, else Django's SECRET_KEY, else the one that
    was made for this host; beside it LABOTEL_PSEUDONYM_KEY_FORMER, while keys rotate. Ends with 1
    where somebody was not found.
    """
    for text in pseudonyms:
        if not _PSEUDONYM.fullmatch(text):
            raise click.BadParameter(
                f"{text!r} is no pseudonym; allowed: as in {PREFIX}{'0' * 18}",
                param_hint="PSEUDONYMS",
            )
    assembly = load(settings)
    made = _pseudonyms(assembly)
    wanted = dict.fromkeys(pseudonyms)
    number = 0
    for value, shown in _rows(model, field) if model else _lines():
        number += 1
        for found in made.all(value):
            if found in wanted:
                click.echo(f"{found}  {shown}")
                wanted.pop(found)
        if not wanted:
            return
    for text in wanted:
        click.echo(f"{text} is none of the {number:,} candidates", err=True)
    sys.exit(1)


def _pseudonyms(assembly: Assembly | None) -> Pseudonyms:
    if assembly is None:  # no settings that configure: the environment alone has the key
        configure()
        assembly = present()
    assert assembly is not None  # `configure` has just made one
    found = keys.known(assembly.settings)
    if found is None:
        raise click.ClickException(
            "there is no key: set LABOTEL_PSEUDONYM_KEY, give Django's settings by --settings, or "
            "run this where the application runs (LABOTEL_RUNTIME_DIR)"
        )
    return Pseudonyms(found, keys.former(assembly.settings))


def _lines() -> Iterator[tuple[str, str]]:
    if sys.stdin.isatty():
        raise click.ClickException(
            "no candidates: give --model APP.MODEL, or one candidate a line on standard input"
        )
    if isinstance(sys.stdin, io.TextIOWrapper):  # a list may come from anywhere
        sys.stdin.reconfigure(encoding="utf-8-sig", errors="replace")
    for line in sys.stdin:
        value = line.strip()
        if value:
            yield value, value


def _rows(model: str, field: str) -> Iterator[tuple[Any, str]]:
    from django.apps import apps
    from django.db import DatabaseError

    if not apps.ready:
        raise click.ClickException("--model needs Django's settings: give --settings")
    try:
        found = apps.get_model(model)
    except (LookupError, ValueError) as error:
        raise click.ClickException(f"--model {model}: {error}; allowed: as in auth.User") from error
    names = {f.name: f.attname for f in found._meta.concrete_fields}
    names |= {"pk": "pk"} | {f.attname: f.attname for f in found._meta.concrete_fields}
    if field not in names:
        raise click.ClickException(
            f"--field {field}: {model} has no such field; allowed: {', '.join(sorted(names))}"
        )
    try:
        # The base manager: a default one may hide rows, and the one who is asked for with them.
        for row in found._base_manager.all().iterator():
            value = getattr(row, names[field])
            yield value, f"{value}  ({_shown(row)})"
    except DatabaseError as error:
        raise click.ClickException(f"--model {model} cannot be read: {error}") from error


def _shown(row: Any) -> str:
    try:
        return str(row)
    except Exception:
        return type(row).__name__
