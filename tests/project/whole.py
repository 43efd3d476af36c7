"""kombu's and Celery's folders, with files that are seen whole or not at all.

Both open a file and write it then, so who looks in between finds it empty: a worker that polls
loses that message, or is told that a result is no JSON. What tests send must arrive.
"""

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

from celery.app.backends import BACKEND_ALIASES
from celery.backends.filesystem import FilesystemBackend
from kombu.transport import TRANSPORT_ALIASES, filesystem
from kombu.utils.encoding import ensure_bytes
from kombu.utils.json import dumps


def _write(path: Path, content: bytes) -> None:
    part = path.with_name(f"{path.name}.{uuid4()}.part")
    part.write_bytes(content)
    part.replace(path)


class Channel(filesystem.Channel):  # type: ignore[misc]  # kombu has no types
    """Messages come by a rename, and one process at a time has the tables of exchanges."""

    def _put(self, queue: str, payload: Any, **kwargs: Any) -> None:
        name = f"{time.monotonic_ns():020}_{uuid4()}.{queue}.msg"
        _write(Path(self.data_folder_out, name), dumps(payload).encode())

    def get_table(self, exchange: str) -> Any:
        with self._alone():
            return super().get_table(exchange)

    def _queue_bind(self, *args: Any) -> None:
        with self._alone():
            super()._queue_bind(*args)

    def _delete(self, *args: Any, **kwargs: Any) -> None:
        with self._alone():
            super()._delete(*args, **kwargs)

    @contextmanager
    def _alone(self) -> Iterator[None]:
        self.control_folder.mkdir(exist_ok=True)
        lock = os.open(self.control_folder / "lock", os.O_CREAT | os.O_RDWR)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield
        finally:
            os.close(lock)


class Transport(filesystem.Transport):  # type: ignore[misc]  # kombu has no types
    """`filesystem://` with such channels."""

    Channel = Channel


class Backend(FilesystemBackend):  # type: ignore[misc]  # Celery has no types
    """`file://`, where a result comes by a rename."""

    def set(self, key: str | bytes, value: str | bytes) -> None:
        _write(Path(os.fsdecode(self._filename(key))), ensure_bytes(value))


def use() -> None:
    """Give these to whoever asks for `filesystem://` and `file://`."""
    TRANSPORT_ALIASES["filesystem"] = f"{__name__}:Transport"
    BACKEND_ALIASES["file"] = f"{__name__}:Backend"
