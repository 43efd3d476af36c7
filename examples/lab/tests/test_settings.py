"""The settings: what depends on the environment."""

import runpy
from pathlib import Path
from typing import Any

import pytest

import labotel
from lab.work import WORK

SETTINGS = Path(__file__).parents[1] / "lab" / "settings.py"


def configured(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """Return what the settings give to `labotel.configure`."""
    given: dict[str, Any] = {}
    monkeypatch.setattr(labotel, "configure", lambda **keywords: given.update(keywords))
    runpy.run_path(str(SETTINGS))
    return given


def test_a_fresh_laboratory_has_fresh_numbers(monkeypatch):
    """What labotel remembers is in the work folder: another laboratory does not see it."""
    monkeypatch.delenv("LABOTEL_RUNTIME_DIR", raising=False)
    assert configured(monkeypatch)["runtime_dir"] == str(WORK / "runtime")


def test_the_environment_may_say_where(monkeypatch, tmp_path):
    """Whoever sets labotel's own variable is obeyed."""
    monkeypatch.setenv("LABOTEL_RUNTIME_DIR", str(tmp_path))
    assert configured(monkeypatch)["runtime_dir"] == str(tmp_path)
