"""The pseudonyms' key: as set, from Django's SECRET_KEY, or one made once and kept."""

import secrets
import sys
from typing import Any

from labotel.export import folder
from labotel.export.keeper import Keeper
from labotel.export.settings import Settings
from labotel.policy.pseudonyms import Pseudonyms
from labotel.signals.tally import Tally


def pseudonyms(settings: Settings, keeper: Keeper, tally: Tally) -> Pseudonyms:
    """Return the pseudonyms in force."""
    present, before = known(settings), former(settings)
    if present is not None:
        return Pseudonyms(present, before)
    try:
        key, made = keeper.open().pseudonym_key()
    except OSError:
        key, made = secrets.token_bytes(32), True
    if made:
        tally.warn(
            "pseudonym key",
            "labotel: no LABOTEL_PSEUDONYM_KEY is set and Django has no SECRET_KEY; a key was made "
            "for this host alone, so one person has another pseudonym on each host",
        )
    return Pseudonyms(key, before)


def known(settings: Settings) -> bytes | None:
    """Return the key that the application has, as set or as kept on this host; None for none."""
    return chosen(settings) or folder.kept_key(folder.location(settings.runtime_dir))


def chosen(settings: Settings) -> bytes | None:
    """Return the key that settings give, labotel's or Django's; None for none."""
    return _raw(settings.pseudonym_key or _django_secret())


def former(settings: Settings) -> bytes | None:
    """Return the key before the present one, while it is given."""
    return _raw(settings.pseudonym_key_former)


def _raw(said: Any) -> bytes | None:
    return str(said).encode("utf-8", "surrogatepass") if said else None


def _django_secret() -> str | None:
    conf = sys.modules.get("django.conf")
    if conf is None or not conf.settings.configured:
        return None
    try:
        return conf.settings.SECRET_KEY or None
    except Exception:  # Django refuses to give one that is empty
        return None
