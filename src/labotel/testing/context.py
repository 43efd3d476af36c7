"""`recording`: the test double as a context manager."""

from collections.abc import Iterator
from contextlib import contextmanager

from labotel.testing.memory import pseudonyms
from labotel.testing.recorder import Recorder
from labotel.testing.stage import stage
from labotel.testing.telemetry import Telemetry


@contextmanager
def recording(*, strict: bool = True) -> Iterator[Telemetry]:
    """Record what is said within the block, in memory; nothing of it leaves the process.

    Under `strict` a wrong event raises EventError where it is emitted, as the fixture has it;
    without, it is counted and replaced as in production. What was configured before is in force
    again afterwards, as it was; where nobody set OpenTelemetry's providers, labotel's stay, as
    OpenTelemetry takes none after them. Recordings may be nested: the inner one gets everything,
    and begins with the outer one's clock.
    """
    stage.enter()
    try:
        recorder = Recorder(lambda: pseudonyms(stage.ground().settings))
        stage.begin(recorder, strict)
        try:
            yield Telemetry(recorder, lambda: stage.ground().runtime.catalogs)
        finally:
            recorder.clock.unfreeze()
            stage.end(recorder)
    finally:
        stage.leave()
