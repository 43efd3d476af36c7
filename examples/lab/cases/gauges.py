"""What the cases supply to their gauges."""

from collections.abc import Iterator

from django.db.models import Count

import labotel
from cases import folders
from cases.models import Protocol
from labotel.catalogs.lab.files import FILE_STORAGE, StorageType
from labotel.catalogs.lab.protocols import PROTOCOLS_BY_STATUS, ProtocolStatus


@labotel.gauge(PROTOCOLS_BY_STATUS)
def protocols_by_status() -> Iterator[tuple[ProtocolStatus, int]]:
    """Count the protocols in each status, an empty status too."""
    counts = dict(Protocol.objects.values_list("status").annotate(Count("pk")))
    for status in ProtocolStatus:
        yield status, counts.get(status, 0)


@labotel.gauge(FILE_STORAGE)
def file_storage() -> Iterator[tuple[StorageType, int]]:
    """Add up the bytes of the files that are kept, the invoices of the orders too."""
    for storage in StorageType:
        yield storage, folders.used(storage)
