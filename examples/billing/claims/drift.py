"""Drift: a payer denies another share of its latest claims than of those before."""

from typing import NamedTuple

from claims.models import Claim

LATEST = 20
"""So many claims are compared with all before them."""
MOVED = 0.2
"""From this difference of the shares on it is a drift."""


class Found(NamedTuple):
    """The shares that were denied, of the latest claims and of those before."""

    share: float
    before: float

    @property
    def drifted(self) -> bool:
        """Tell whether the payer has changed its habits."""
        return abs(self.share - self.before) >= MOVED


def compare(payer_id: int) -> Found | None:
    """Compare a payer's claims; None where there are too few."""
    denied = list(
        Claim.objects.filter(payer_id=payer_id).order_by("-pk").values_list("denied", flat=True)
    )
    latest, before = denied[:LATEST], denied[LATEST:]
    if len(latest) < LATEST or not before:
        return None
    return Found(sum(latest) / len(latest), sum(before) / len(before))
