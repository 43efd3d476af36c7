"""The keeper writes its slot's file, and again where somebody took it away."""

from pathlib import Path

from labotel.export.keeper import Keeper
from labotel.export.settings import resolve
from labotel.policy.pseudonyms import Pseudonyms
from labotel.signals.pipeline import Pipeline
from labotel.signals.spans import PseudonymSource


def test_a_file_that_was_removed_is_written_again(tmp_path: Path) -> None:
    """Though nothing was counted since: the pages of other workers add this file up."""
    settings, problems = resolve({"runtime_dir": str(tmp_path)}, {}, {})
    assert problems == []
    pipeline = Pipeline(PseudonymSource(lambda: Pseudonyms(b"key")))
    keeper = Keeper(settings, {"service.name": "lab"}, pipeline, [])
    keeper.take()
    assert keeper.slot is not None
    keeper.save()
    text = keeper.slot.path.read_bytes()
    keeper.slot.path.unlink()
    keeper.save()
    assert keeper.slot.path.read_bytes() == text
    keeper.release()
