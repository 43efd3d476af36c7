"""The slots that nobody holds, exported by the process with the lease, under their own identity.

A series that is silent for five minutes leaves every sum; so a scale-down, a child that ended, or a
command that ran once would lower it. A service that has no process left has nobody with its lease:
the other services of its deployment do it then.
"""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from labotel.export import slots, snapshot, wire, wire_metrics
from labotel.export.folder import RuntimeFolder
from labotel.export.keeper import Keeper
from labotel.signals.cells import Cell
from labotel.signals.tally import Tally


class IdleSlots:
    """Encodes idle slots; one runtime folder that is gone costs them alone."""

    def __init__(self, keeper: Keeper, tally: Tally) -> None:
        self._keeper = keeper
        self._tally = tally
        self._state = wire_metrics.Exported()

    def encode(self, now: int) -> tuple[bytes, dict[Path, bytes]]:
        """Return the ResourceMetrics of the idle slots, if this process has the lease.

        The second part: the files in which some series was not exported before, as they are.
        """
        body, touched, damaged = b"", {}, set()
        try:
            # Read alone: whoever starts meanwhile waits for the lock, and encoding takes seconds.
            found = [(path, resource, path.read_bytes()) for path, resource in self._idle()]
            for path, resource, text in found:
                try:
                    meter = snapshot.load(text)
                except ValueError:
                    damaged.add(path)
                    continue
                messages = [
                    wire_metrics.metric(metric, now, self._state)[0]
                    for metric in meter
                    if metric.kind in ("counter", "histogram")
                ]
                body += wire.request(resource, [(wire.scope("labotel"), messages)])
                if meter.touch():
                    touched[path] = text
            if damaged:
                self._set_aside(damaged)
        except OSError as error:
            self._tally.fault("idle_slots", error)
            return b"", {}
        self._state.time = now
        return body, touched

    def _set_aside(self, damaged: set[Path]) -> None:
        for path, _ in self._idle():
            if path in damaged:
                _, damage = slots.read(path)
                if damage:
                    slots.tell_damage(self._tally, damage)

    def mark(self, touched: dict[Path, bytes]) -> None:
        """Note in the files that their series were exported, where nobody took the slot since."""
        if not touched:
            return
        try:
            for path, _ in self._idle():
                if path in touched and path.read_bytes() == touched[path]:
                    meter, _ = slots.read(path)
                    sent(meter.touch())
                    snapshot.write(path, snapshot.dump(meter))
        except OSError as error:
            self._tally.fault("idle_slots", error)

    def _idle(self) -> Iterator[tuple[Path, bytes]]:
        """Give the file and the resource of each idle slot that is this process's to export.

        Nobody takes it before the next one is asked for.
        """
        for folder, attributes in self._folders():
            with slots.idle(folder) as free:
                for number in free:
                    identity = f"{folder.instance}-{number}"
                    yield slots.file_of(folder, number), wire.instance(attributes, identity)

    def _folders(self) -> Iterator[tuple[RuntimeFolder, Mapping[str, Any]]]:
        """Give the folders whose idle slots are this process's to export."""
        folder, lease = self._keeper.folder, self._keeper.lease
        if folder is None or lease is None or not lease.held():
            return
        yield folder, self._keeper.attributes
        for other, attributes in folder.others(self._keeper.deployment):
            with _abandoned(other) as free:
                if free:
                    yield other, attributes


@contextmanager
def _abandoned(folder: RuntimeFolder) -> Iterator[bool]:
    """Hold another service's lease for a moment; give whether it was free: nobody is there."""
    lease = slots.lease_of(folder)
    try:
        yield lease.held()
    finally:
        lease.release()


def sent(cells: Iterable[Cell]) -> None:
    """Note that the first export of series is done."""
    for cell in cells:
        cell.fresh = False
