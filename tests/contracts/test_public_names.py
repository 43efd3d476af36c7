"""The public names: a change here is a change for everybody who uses labotel."""

import labotel

NAMES = {
    "configure", "emit", "timed", "gauge", "shutdown", "flush", "tenant",
    "health_check",
    "Event", "Counter", "UpDownCounter", "Histogram", "Gauge", "Outcome",
    "Personal", "Unbounded", "Limited", "MEASURED",
    "Catalog", "Ratio", "Objective", "Alert", "Absence", "Alias",
    "track", "tracked", "observed_view", "observed_task",
    "MILLISECONDS", "SECONDS", "MINUTES", "HOURS_TO_DAYS",
    "DeclarationError", "EventError", "ConfigurationError",
}  # fmt: skip


def test_the_facade_has_these_names_and_no_more() -> None:
    """`__all__` is the contract of the design, with the three errors."""
    assert set(labotel.__all__) == NAMES
    assert all(hasattr(labotel, name) for name in NAMES)


def test_each_is_documented() -> None:
    """Every public class and function has a docstring."""
    things = [getattr(labotel, name) for name in NAMES]
    undocumented = [t for t in things if (callable(t) or isinstance(t, type)) and not t.__doc__]
    assert undocumented == []
