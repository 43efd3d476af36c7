"""The slots that nobody holds, exported by the process with the lease, under their own identity.

A series that is silent for five minutes leaves every sum; so a scale-down, or a child that ended,
would lower it.
"""

from collections.abc import Callable, Iterable

from labotel.export import slots, snapshot, wire, wire_metrics
from labotel.export.keeper import Keeper
from labotel.signals.cells import Cell, Metric
from labotel.signals.tally import Tally


class IdleSlots:
    """Encodes idle slots; one runtime folder that is gone costs them alone."""

    def __init__(self, keeper: Keeper, tally: Tally, resource: Callable[[str], bytes]) -> None:
        self._keeper = keeper
        self._tally = tally
        self._resource = resource
        self._state = wire_metrics.Exported()

    def encode(self, now: int) -> tuple[bytes, dict[int, bytes]]:
        """Return the ResourceMetrics of the idle slots, if this process has the lease.

        The second part: the files in which some series was not exported before, as they are.
        """
        try:
            return self._encode(now)
        except OSError as error:
            self._tally.fault("idle_slots", error)
            return b"", {}

    def _encode(self, now: int) -> tuple[bytes, dict[int, bytes]]:
        folder, lease = self._keeper.folder, self._keeper.lease
        if folder is None or lease is None or not lease.held():
            return b"", {}
        body, touched = b"", {}
        with slots.idle(folder) as free:
            for number in free:
                path = slots.file_of(folder, number)
                text = path.read_bytes()
                meter, _ = slots.read(path)
                kept = [m for m in meter if m.kind in ("counter", "histogram")]
                body += self._one(f"{folder.instance}-{number}", kept, now)
                if meter.touch():
                    touched[number] = text
        self._state.time = now
        return body, touched

    def _one(self, identity: str, metrics: list[Metric], now: int) -> bytes:
        messages = [wire_metrics.metric(metric, now, self._state)[0] for metric in metrics]
        return wire.request(self._resource(identity), [(wire.scope("labotel"), messages)])

    def mark(self, touched: dict[int, bytes]) -> None:
        """Note in the files that their series were exported, where nobody took the slot since."""
        folder = self._keeper.folder
        if folder is None or not touched:
            return
        try:
            with slots.idle(folder) as free:
                for number in set(free) & set(touched):
                    path = slots.file_of(folder, number)
                    if path.read_bytes() == touched[number]:
                        meter, _ = slots.read(path)
                        sent(meter.touch())
                        snapshot.write(path, snapshot.dump(meter))
        except OSError as error:
            self._tally.fault("idle_slots", error)


def sent(cells: Iterable[Cell]) -> None:
    """Note that the first export of series is done."""
    for cell in cells:
        cell.fresh = False
