"""gunicorn's configuration: each worker says that it is ready.

A signal that reaches a worker between its fork and the setting of its handlers is lost, and then
gunicorn waits half a minute for that worker: the tests do not end a server before it stands.
"""

import os
from pathlib import Path
from typing import Any


def post_worker_init(worker: Any) -> None:
    """Leave a file for this worker; its signal handlers are set by now."""
    folder = Path(os.environ["PROJECT_READY"])
    folder.mkdir(exist_ok=True)
    (folder / str(worker.pid)).touch()
