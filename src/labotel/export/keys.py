"""The pseudonyms' key: as set, from Django's SECRET_KEY, or one made once and kept."""

import secrets
import sys

from labotel.export.keeper import Keeper
from labotel.export.settings import Settings
from labotel.policy.pseudonyms import Pseudonyms
from labotel.signals.tally import Tally


def pseudonyms(settings: Settings, keeper: Keeper, tally: Tally) -> Pseudonyms:
    """Return the pseudonyms in force."""
    chosen = settings.pseudonym_key or _django_secret()
    if chosen:
        return Pseudonyms(str(chosen).encode("utf-8", "surrogatepass"))
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
    return Pseudonyms(key)


def _django_secret() -> str | None:
    conf = sys.modules.get("django.conf")
    if conf is None or not conf.settings.configured:
        return None
    try:
        return conf.settings.SECRET_KEY or None
    except Exception:  # Django refuses to give one that is empty
        return None
