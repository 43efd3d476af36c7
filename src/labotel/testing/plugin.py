"""The pytest plugin: `configure` builds in memory, and the fixture `telemetry` shows what was said.

pytest loads it at every start, also where nobody uses labotel: the SDK is imported at the first
`configure` or the first test that asks for the fixture.
"""

import logging
import sys
from collections.abc import Generator, Iterator
from traceback import format_exception_only
from typing import TYPE_CHECKING, Any, Final

import pytest

from labotel.testing.stage import stage

if TYPE_CHECKING:
    from labotel.testing.telemetry import Telemetry

MODES: Final = ("memory", "real")

_recorded: "pytest.StashKey[Telemetry]" = pytest.StashKey()
_entered: "pytest.StashKey[bool]" = pytest.StashKey()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Take the option `labotel` in pytest's configuration file."""
    parser.addini(
        "labotel",
        "memory: labotel.configure() keeps everything in memory; real: it exports, as ever",
        default=MODES[0],
    )


@pytest.hookimpl(wrapper=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> Generator[None, Any, Any]:
    """Begin before pytest-django loads the settings, which may call `configure`."""
    _begin(early_config)
    return (yield)


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """Begin where a conftest.py names this plugin, which is later."""
    _begin(config)


def _begin(config: pytest.Config) -> None:
    mode = config.getini("labotel")
    if mode not in MODES:
        raise pytest.UsageError(f"labotel = {mode!r}: allowed: {', '.join(MODES)}")
    if mode == MODES[0] and _entered not in config.stash:
        config.stash[_entered] = True
        stage.enter()


def pytest_unconfigure(config: pytest.Config) -> None:
    """Give `configure` its place back: a process may run pytest and go on."""
    if config.stash.get(_entered, False):
        del config.stash[_entered]
        stage.leave()


@pytest.fixture
def telemetry(request: pytest.FixtureRequest) -> Iterator["Telemetry"]:
    """What the test says, in memory: events, metrics, log lines and spans (labotel.testing)."""
    from labotel.testing.context import recording

    with recording() as made:
        request.node.stash[_recorded] = made
        yield made
        del request.node.stash[_recorded]


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: "pytest.CallInfo[None]"
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Show under a failed test what it recorded: an `assert` on a number cannot say it."""
    report = yield
    made = item.stash.get(_recorded, None)
    if made is not None and report.failed:
        report.sections.append(("Recorded by labotel", _text_of(made)))
    return report


def _text_of(made: "Telemetry") -> str:
    """Return the report of a recording: an error of its own must not end the whole session."""
    try:
        return made.report()
    except Exception as error:
        return f"the report failed: {''.join(format_exception_only(error)).strip()}"


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item: pytest.Item) -> Generator[None, None, None]:
    """Give the root logger its level back where `caplog` put labotel's there again."""
    yield
    logs = sys.modules.get("labotel.instrumentation.logs")
    level = logging.root.level
    if logs is None or not isinstance(level, logs.Lowered):
        return
    if logging.Logger.callHandlers.__module__ != logs.__name__:
        logging.root.setLevel(level.chosen)
