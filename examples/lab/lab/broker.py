"""kombu's broker in a folder, with messages that appear whole.

kombu opens a message's file under its final name and writes it afterwards, and its reader takes no
lock: a worker that looks in between reads an empty message and loses the task. Here a message is
written under another name and renamed.
"""

import json
import os
import time
import uuid
from pathlib import Path
from typing import Any

from kombu.transport import TRANSPORT_ALIASES, filesystem


class Channel(filesystem.Channel):
    """A channel of kombu's file system transport whose writes are atomic."""

    def _put(self, queue: str, payload: dict[str, Any], **_: Any) -> None:
        # The name is kombu's own: the reader takes messages in the order of their names.
        name = f"{round(time.monotonic() * 1000)}_{uuid.uuid4()}.{queue}.msg"
        folder = Path(self.data_folder_out)
        unfinished = folder / f"{name}.unfinished"
        unfinished.write_text(json.dumps(payload))
        os.replace(unfinished, folder / name)


class Transport(filesystem.Transport):
    """The transport behind the address `folder://localhost`."""

    Channel = Channel


def register() -> None:
    """Make `folder://` an address that kombu knows."""
    TRANSPORT_ALIASES["folder"] = f"{__name__}:Transport"
