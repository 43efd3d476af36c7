"""What the laboratory supplies to its gauges."""

from collections.abc import Iterator

from django.db.models import Count

import labotel
from lab.telemetry import PROTOCOLS_BY_STATUS
from laboratory.models import Protocol
from laboratory.words import ProtocolStatus


@labotel.gauge(PROTOCOLS_BY_STATUS)
def protocols_by_status() -> Iterator[tuple[ProtocolStatus, int]]:
    """Count the protocols in each status, an empty status too."""
    counts = dict(Protocol.objects.values_list("status").annotate(Count("pk")))
    for status in ProtocolStatus:
        yield status, counts.get(status, 0)
