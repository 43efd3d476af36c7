"""Which clients stay: those of the period before who sent something in this one, too."""

from datetime import datetime, timedelta

from django.contrib.auth.models import User
from django.db import transaction

from cases.models import Protocol
from lab import clock
from lab.say import say
from labotel.catalogs.lab.clients import ClientReviewed, RetentionResult
from post.models import ClientReview


@transaction.atomic
def review(period: timedelta) -> dict[RetentionResult, int]:
    """Look for the clients of the period before the last one; each counts once a period."""
    now = clock.now()
    counts = dict.fromkeys(RetentionResult, 0)
    stayed = _clients(now - period, now)
    former = _clients(now - 2 * period, now - period)
    # Of two reviews at once the second waits here, and finds what the first one noted.
    list(User.objects.select_for_update().filter(pk__in=former).order_by("pk"))
    reviewed = set(
        ClientReview.objects.filter(reviewed_at__gt=now - period).values_list("client", flat=True)
    )
    for client in sorted(former - reviewed):
        result = RetentionResult.RETAINED if client in stayed else RetentionResult.LOST
        ClientReview.objects.create(client_id=client, result=result.value)
        say(ClientReviewed(result=result, client=str(client)))
        counts[result] += 1
    return counts


def _clients(after: datetime, until: datetime) -> set[int]:
    """Return the keys of the veterinarians who submitted a protocol in this time."""
    submitted = Protocol.objects.filter(submitted_at__gt=after, submitted_at__lte=until)
    return set(submitted.values_list("veterinarian", flat=True))
