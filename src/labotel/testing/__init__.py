"""The test double: the real pipeline, kept in memory.

The fixture `telemetry` comes with the package; `recording()` is the same without pytest:

    with recording() as telemetry:
        complete(protocol)
    assert telemetry.one(ProtocolCompleted).species is Species.CANINE
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from labotel.testing.context import recording
    from labotel.testing.recorded import Distribution, Logged, Recorded
    from labotel.testing.telemetry import Telemetry

__all__ = ["Distribution", "Logged", "Recorded", "Telemetry", "recording"]


if not TYPE_CHECKING:  # to a type checker, which sees it, every name would be there

    def __getattr__(name: str) -> Any:
        """Import what is asked for: pytest imports this at every start, and the SDK is slow."""
        if name not in __all__:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        from labotel.testing.context import recording
        from labotel.testing.recorded import Distribution, Logged, Recorded
        from labotel.testing.telemetry import Telemetry

        for thing in (Distribution, Logged, Recorded, Telemetry, recording):
            globals()[thing.__name__] = thing
        return globals()[name]
