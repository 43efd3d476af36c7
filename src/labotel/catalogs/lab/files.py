"""Files: what goes up, what comes down, and how much is kept."""

from enum import StrEnum
from typing import Final

from labotel.catalogs.lab.words import SizeCategory
from labotel.events.event import Event
from labotel.events.instruments import Counter, Gauge
from labotel.events.marks import Personal, Unbounded


class FileType(StrEnum):
    """What a file is, by its content."""

    PDF = "pdf"
    IMAGE = "image"
    TEXT = "text"
    OTHER = "other"


class StorageType(StrEnum):
    """Where files are kept."""

    ATTACHMENTS = "attachments"
    REPORTS = "reports"
    INVOICES = "invoices"


class FileUploaded(
    Event,
    name="lab.file.uploaded",
    instruments=(Counter("file_uploads_total", by=("file_type", "size_category")),),
    body="a file ({file_type}) of {size} bytes was uploaded",
):
    """A person uploaded a file (`size` in bytes); its name stays inside."""

    file_type: FileType
    size_category: SizeCategory
    size: Unbounded[int]
    user: Personal[str]


class FileDownloaded(
    Event,
    name="lab.file.downloaded",
    instruments=(Counter("file_downloads_total", by=("file_type",)),),
    body="a file ({file_type}) was downloaded",
):
    """A person downloaded a file."""

    file_type: FileType
    user: Personal[str]


FILE_STORAGE: Final = Gauge(
    "file_storage_usage_bytes",
    by={"storage_type": StorageType},
    description="Bytes of the files that are kept.",
)

EVENTS: Final = (FileUploaded, FileDownloaded)
GAUGES: Final = (FILE_STORAGE,)
