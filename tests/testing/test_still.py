"""The runtime that does not run."""

import logging
import threading
from pathlib import Path

from labotel.export.settings import resolve
from labotel.policy.pseudonyms import Pseudonyms
from labotel.signals.spans import PseudonymSource
from labotel.testing import recording
from labotel.testing.recorder import Unheard
from labotel.testing.still import Still, as_labotel


def still(folder: Path) -> Still:
    """A runtime whose folder may not appear."""
    settings, problems = resolve({"runtime_dir": str(folder)}, {}, {})
    assert problems == []
    return Still(settings, (), Unheard(PseudonymSource(lambda: Pseudonyms(b"k"))))


def test_whatever_it_is_told_nothing_runs_and_no_folder_is_made(tmp_path: Path) -> None:
    """Every call of a process's life, in its order, answers at once."""
    runtime = still(tmp_path / "runtime")
    threads = threading.active_count()
    runtime.start()
    runtime.attend()
    assert runtime.ready(10) and runtime.flush(10)
    runtime.end_child()
    assert runtime.shutdown(10)
    assert threading.active_count() == threads
    assert not (tmp_path / "runtime").exists()


def test_held_settings_start_no_timer(tmp_path: Path) -> None:
    """Under pytest-django `configure` runs while the settings load."""
    runtime = still(tmp_path / "runtime")
    threads = threading.active_count()
    runtime.hold.begin(lambda: True)
    runtime.start()
    runtime.adopt(runtime.settings)
    assert threading.active_count() == threads


def test_the_thread_that_asks_suppliers_counts_as_labotels(tmp_path: Path) -> None:
    """What they query is observed neither in production nor in a test."""
    runtime = still(tmp_path / "runtime")
    assert not runtime.is_own_thread()
    with as_labotel():
        assert runtime.is_own_thread()
        seen: list[bool] = []
        other = threading.Thread(target=lambda: seen.append(runtime.is_own_thread()))
        other.start()
        other.join()
        assert seen == [False]
    assert not runtime.is_own_thread()


def test_a_thread_of_the_application_is_not_labotels_by_its_name() -> None:
    """Whatever it is called, its lines are recorded."""
    with recording() as telemetry:
        other = threading.Thread(
            target=lambda: logging.getLogger("app").warning("heard"), name="labotel-worker"
        )
        other.start()
        other.join()
    assert [line.message for line in telemetry.logs] == ["heard"]
