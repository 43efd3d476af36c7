"""The laboratory's short day, played once for all tests here."""

import fcntl
import pickle
from pathlib import Path

import pytest

from laboratory import Day, play


@pytest.fixture(scope="session")
def day(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Day:
    """The day, played by the first of pytest's processes that asks; the others wait for it."""
    folder = tmp_path_factory.getbasetemp()
    shared = folder if worker_id == "master" else folder.parent
    kept = shared / "laboratory.pickle"
    with open(shared / "laboratory.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not kept.exists():
            kept.write_bytes(pickle.dumps(_played(tmp_path_factory.mktemp("laboratory"))))
    played = pickle.loads(kept.read_bytes())
    if isinstance(played, str):
        pytest.fail(played)
    assert isinstance(played, Day)
    return played


def _played(work: Path) -> Day | str:
    """Play the day, or say why it could not be played: nobody shall try that again."""
    try:
        return play(work)
    except Exception as error:
        return f"the day ended early: {type(error).__name__}: {error}"
