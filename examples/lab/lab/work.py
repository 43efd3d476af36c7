"""The folder where the laboratory keeps its database, messages, reports and mails."""

import os
import tempfile
from pathlib import Path

WORK = Path(os.environ.get("LAB_WORK") or Path(tempfile.gettempdir()) / "labotel-lab")


def folder(name: str) -> Path:
    """Return the folder `name` below the work folder, made where it is missing."""
    made = WORK / name
    made.mkdir(parents=True, exist_ok=True)
    return made
