"""When the plugin keeps `configure` in memory, and when not."""

import importlib
import tomllib
from pathlib import Path

import pytest

from testing_suite import Suite

ADMIT = """
    import labotel
    from project.clinic import Admitted, Species

    def admit(number):
        labotel.emit(Admitted(species=Species.CANINE, owner="ada", number=number))
"""


def test_an_applications_configure_is_in_memory_and_judged(suite: Suite) -> None:
    """Once for the session; wrong settings raise; what no test asks for is judged and forgotten."""
    suite.write(
        app="""
        import labotel
        from project.clinic import catalog
        labotel.configure(service_name="clinic", catalogs=[catalog])
        """,
        admitting=ADMIT,
        test_it="""
        import threading
        import app, labotel, pytest
        from labotel.configure import present
        from admitting import admit
        from project.clinic import Admitted

        def test_configured(telemetry):
            assert present().settings.service_name == "clinic"
            admit(1)
            assert telemetry.one(Admitted) and labotel.flush()

        def test_without_the_fixture():
            for number in range(5000):
                admit(number)
            with pytest.raises(labotel.EventError):
                labotel.emit(Admitted(species="bovine", owner="ada", number=1))
            assert threading.active_count() == 1

        def test_wrong_settings(telemetry):
            labotel.shutdown()
            with pytest.raises(labotel.ConfigurationError, match="service_name"):
                labotel.configure(service_nam="x")

        def test_the_configuration_is_there_again(telemetry):
            assert present().settings.service_name == "clinic"
            admit(2)
            assert telemetry.one(Admitted).number == 2
        """,
    )
    assert suite.run() == {"passed": 4}, suite.text


def test_the_option_leaves_configure_real(suite: Suite) -> None:
    """`labotel = real`: threads start and a folder appears; the fixture records all the same."""
    suite.ini("labotel = real\n")
    suite.write(
        conftest="",
        admitting=ADMIT,
        test_it="""
        import os, threading
        import labotel
        from admitting import admit
        from project.clinic import Admitted, catalog

        def test_real():
            labotel.configure(catalogs=[catalog], endpoint="http://127.0.0.1:9", timeout=0.1)
            admit(1)
            labotel.flush(2)
            assert threading.active_count() > 1
            assert os.path.exists(os.environ["LABOTEL_RUNTIME_DIR"])

        def test_fixture(telemetry):
            admit(2)
            assert telemetry.one(Admitted).number == 2

        def test_end():
            labotel.shutdown(0.2)
        """,
    )
    assert suite.run() == {"passed": 3}, suite.text


def test_an_unknown_mode_is_refused(suite: Suite) -> None:
    """With those that there are."""
    suite.ini("labotel = off\n")
    suite.write(test_it="def test_it(): pass\n1 / 0")
    with pytest.raises(AssertionError):  # no test was counted
        suite.run()
    assert "labotel = 'off': allowed: memory, real" in suite.text


def test_the_option_is_known_under_strict_config(suite: Suite) -> None:
    """So that a project may be strict and name it."""
    suite.ini("labotel = memory\naddopts = --strict-config --strict-markers\n")
    suite.write(test_it="def test_it(telemetry): assert telemetry.history == []")
    assert suite.run() == {"passed": 1}, suite.text


def test_it_stands_before_whatever_loads_the_settings_early(suite: Suite) -> None:
    """pytest-django loads them before any conftest.py, first of all hooks that are not wrappers."""
    suite.write(
        early="""
        import pytest

        @pytest.hookimpl(tryfirst=True)
        def pytest_load_initial_conftests(early_config, parser, args):
            import app
        """,
        app="""
        import labotel
        from project.clinic import catalog
        labotel.configure(catalogs=[catalog])
        """,
        test_it="""
        from labotel.configure import present
        from labotel.testing.memory import InMemory

        def test_it():
            assert isinstance(present(), InMemory)
        """,
    )
    assert suite.run("-p", "early") == {"passed": 1}, suite.text


def test_a_conftest_may_name_it(suite: Suite) -> None:
    """Where entry points are not read (PYTEST_DISABLE_PLUGIN_AUTOLOAD)."""
    suite.write(
        conftest="pytest_plugins = ['labotel.testing.plugin']",
        test_it="def test_it(telemetry): assert telemetry.history == []",
    )
    assert suite.run(plugin=False) == {"passed": 1}, suite.text


def test_pytest_finds_it_by_its_entry_point() -> None:
    """The name that `-p no:labotel` takes; what it names has pytest's hooks and the fixture."""
    text = (Path(__file__).parents[2] / "pyproject.toml").read_text()
    points = tomllib.loads(text)["project"]["entry-points"]["pytest11"]
    assert list(points) == ["labotel"]
    plugin = importlib.import_module(points["labotel"])
    assert callable(plugin.pytest_addoption) and hasattr(plugin, "telemetry")
