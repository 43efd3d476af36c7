"""The slots that nobody holds, exported by the process with the lease, under their own identity.

A series that is silent for five minutes leaves every sum; so a scale-down, a child that ended, or a
command that ran once would lower it. A service that has no process left has nobody with its lease:
the other services of its deployment do it then.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from labotel.export import slots, snapshot, wire, wire_metrics
from labotel.export.folder import RuntimeFolder
from labotel.export.keeper import Keeper
from labotel.signals.cells import Cell, Metric
from labotel.signals.tally import Tally

Resource = Callable[[Mapping[str, Any], str], bytes]
"""Encodes resource attributes with an identity."""


class IdleSlots:
    """Encodes idle slots; one runtime folder that is gone costs them alone."""

    def __init__(self, keeper: Keeper, tally: Tally, resource: Resource) -> None:
        self._keeper = keeper
        self._tally = tally
        self._resource = resource
        self._state = wire_metrics.Exported()

    def encode(self, now: int) -> tuple[bytes, dict[Path, bytes]]:
        """Return the ResourceMetrics of the idle slots, if this process has the lease.

        The second part: the files in which some series was not exported before, as they are.
        """
        body, touched = b"", {}
        try:
            for folder, attributes in self._folders():
                with slots.idle(folder) as free:
                    for number in free:
                        path = slots.file_of(folder, number)
                        text = path.read_bytes()
                        meter, _ = slots.read(path)
                        kept = [m for m in meter if m.kind in ("counter", "histogram")]
                        resource = self._resource(attributes, f"{folder.instance}-{number}")
                        body += self._one(resource, kept, now)
                        if meter.touch():
                            touched[path] = text
        except OSError as error:
            self._tally.fault("idle_slots", error)
            return b"", {}
        self._state.time = now
        return body, touched

    def _folders(self) -> Iterator[tuple[RuntimeFolder, Mapping[str, Any]]]:
        """Give the folders whose idle slots are this process's to export."""
        folder, lease = self._keeper.folder, self._keeper.lease
        if folder is None or lease is None or not lease.held():
            return
        yield folder, self._keeper.attributes
        for other, attributes in folder.others(self._keeper.deployment):
            with _lease_of(other) as free:
                if free:
                    yield other, attributes

    def _one(self, resource: bytes, metrics: list[Metric], now: int) -> bytes:
        messages = [wire_metrics.metric(metric, now, self._state)[0] for metric in metrics]
        return wire.request(resource, [(wire.scope("labotel"), messages)])

    def mark(self, touched: dict[Path, bytes]) -> None:
        """Note in the files that their series were exported, where nobody took the slot since."""
        if not touched:
            return
        try:
            for folder, _ in self._folders():
                with slots.idle(folder) as free:
                    for number in free:
                        path = slots.file_of(folder, number)
                        if path in touched and path.read_bytes() == touched[path]:
                            meter, _ = slots.read(path)
                            sent(meter.touch())
                            snapshot.write(path, snapshot.dump(meter))
        except OSError as error:
            self._tally.fault("idle_slots", error)


@contextmanager
def _lease_of(folder: RuntimeFolder) -> Iterator[bool]:
    """Hold another service's lease for a moment; give whether it was free: nobody is there."""
    lease = slots.Lease(folder.path / "lease.lock")
    try:
        yield lease.held()
    finally:
        lease.release()


def sent(cells: Iterable[Cell]) -> None:
    """Note that the first export of series is done."""
    for cell in cells:
        cell.fresh = False
