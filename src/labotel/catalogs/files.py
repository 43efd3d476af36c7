"""Files that came with requests, and files that went out in answers."""

from typing import Annotated, Literal

from labotel.events.catalog import Catalog
from labotel.events.event import Event
from labotel.events.instruments import Counter, Histogram

FileKind = Literal["image", "audio", "video", "text", "pdf", "office", "archive", "other"]
"""The classes of content types that are told apart; what a client declares is not looked into."""

_SIZES = (1e3, 1e4, 1e5, 1e6, 5e6, 1e7, 5e7, 1e8, 5e8, 1e9)


class FileUploaded(
    Event,
    name="http.file.upload",
    instruments=(Counter("http_file_uploads_total", by=("type",)),),
    log=False,
    span=False,
):
    """A file came in a form; one whose handler tells no size has none."""

    type: FileKind
    size: (
        Annotated[int, Histogram("http_file_upload_size_bytes", by=("type",), buckets=_SIZES)]
        | None
    )


class FileDownloaded(
    Event,
    name="http.file.download",
    instruments=(Counter("http_file_downloads_total", by=("type",)),),
    log=False,
    span=False,
):
    """An answer that was a file was handed to the server, whole or until the client had enough."""

    type: FileKind


catalog = Catalog("files", events=[FileUploaded, FileDownloaded])
