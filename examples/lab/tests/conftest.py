"""What the tests of the laboratory stand on.

Database, people, clock and mail are those of the laboratory itself. `telemetry`, which shows what
was said, is labotel's own fixture.
"""

import shutil
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.cache import cache

from lab import clock
from people.opening import open_laboratory


@pytest.fixture
def laboratory(transactional_db: None, settings: Any) -> dict[str, User]:
    """Open a laboratory with its people, by their names; its database is emptied afterwards.

    Its transactions are real ones: events are said on commit, and a test that kept everything in
    one transaction of its own, as `db` does, would never hear them.
    """
    # Django's tests put every mail in a list; here the mail server and its moods belong to it.
    settings.EMAIL_BACKEND = "post.mailserver.FolderMailServer"
    cache.clear()
    for folder in (settings.EMAIL_FILE_PATH, settings.GREYLIST, settings.MEDIA_ROOT):
        shutil.rmtree(folder, ignore_errors=True)
        Path(folder).mkdir()
    return {user.username: user for user in open_laboratory()}


class LabTime:
    """The laboratory's clock in a test's hand: it stands still until it is put forward."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds

    def time(self) -> float:
        """Return the time, as the `time` module does."""
        return self._seconds

    def forward(self, by: timedelta) -> None:
        """Put the clock forward."""
        self._seconds += by.total_seconds()


@pytest.fixture
def lab_time(monkeypatch: pytest.MonkeyPatch) -> LabTime:
    """Stop the laboratory's clock, and be able to put it forward."""
    stopped = LabTime(clock.time.time())
    monkeypatch.setattr(clock, "time", stopped)
    return stopped
