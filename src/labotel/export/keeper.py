"""The keeper of a process's slot: takes it, carries its totals on, writes them, gives it back."""

import secrets
import threading
import time
from collections.abc import Mapping, Sequence
from typing import Any

from labotel.events.catalog import Catalog
from labotel.events.instruments import Scope
from labotel.export import folder as folders
from labotel.export import leases, slots, snapshot
from labotel.export.settings import Settings
from labotel.signals.aggregate import metric_of
from labotel.signals.pipeline import LOCK_WAIT, Pipeline


class Keeper:
    """What one process is in its deployment: its folder, its slot, and its identity."""

    def __init__(
        self,
        settings: Settings,
        attributes: Mapping[str, Any],
        pipeline: Pipeline,
        catalogs: Sequence[Catalog],
    ) -> None:
        self._settings = settings
        self.attributes = attributes
        self.deployment = folders.deployment_of(attributes)
        self._pipeline = pipeline
        self._catalogs = catalogs
        self._written = b""
        # A scrape, the drainer and the exporter write; the file must not go back to an older text.
        self.writing = threading.RLock()
        self.folder: folders.RuntimeFolder | None = None
        self.slot: slots.Slot | None = None
        self.lease: slots.Lease | None = None
        """Held by the process that exports the service's idle slots."""
        self.gauge_lease: slots.Lease | None = None
        """Held by the process of this host that reads gauges for others too."""
        self.deployment_lease = leases.DeploymentLease(settings, attributes, pipeline.tally)
        self.identity = ""

    def open(self) -> folders.RuntimeFolder:
        """Return the service's runtime folder, made where missing (OSError where it cannot be)."""
        if self.folder is None:
            root = folders.location(self._settings.runtime_dir)
            service = folders.service_of(self.attributes)
            self.folder = folders.RuntimeFolder(root, service, self._settings.instance)
            self.lease = slots.lease_of(self.folder)
            name = folders.file_name(leases.name_of(self.attributes))
            self.gauge_lease = slots.Lease(root / f"{name}.gauges")
        return self.folder

    def take(self) -> None:
        """Take a slot and carry its totals on (with the drain lock held).

        Without a folder that can be written the process is on its own: a random identity, and
        its counts end with it.
        """
        now = time.time_ns()
        try:
            slot = slots.take(self.open())
            try:
                before, damage = slot.load()
            except OSError:
                slot.release()  # what cannot be read must not be written over
                raise
        except OSError as error:
            self.folder = self.lease = self.gauge_lease = None
            self.identity = f"{secrets.token_hex(8)}-r"
            tally = self._pipeline.tally
            tally.count("labotel_faults_total", "runtime_folder")
            tally.warn(
                "runtime folder",
                f"labotel: no runtime folder ({error}); this process's "
                "counts end with it. Set LABOTEL_RUNTIME_DIR to a folder that it can write",
            )
            self._declare(now)
            return
        self.slot, self.identity = slot, slot.identity
        self._describe(slot.folder)
        slot.folder.sweep()
        if damage:
            slots.tell_damage(self._pipeline.tally, damage)
        self._declare(0)
        snapshot.carry(self._pipeline.meter, before)
        self._declare(now)

    def _describe(self, folder: folders.RuntimeFolder) -> None:
        """Leave word of who this service is, for when it has no process left."""
        try:
            folder.describe(self.attributes, self._settings.instance)
        except OSError as error:
            self._pipeline.tally.fault("describe", error)

    def _declare(self, zero: int) -> None:
        """Make the declared metrics; with a time, start those with few series at 0."""
        pipeline = self._pipeline
        if pipeline.foreign is not None:
            return  # the values go into the application's instruments, so there are no series here
        for catalog in self._catalogs:
            for event in catalog.events:
                for measure in event._plan.measures:
                    fresh = metric_of(event._plan, measure, pipeline.tally.note)
                    metric = pipeline.meter.get(measure.instrument.name, fresh)
                    if zero:
                        metric.start_at_zero(zero)

    def reads(self, scope: Scope) -> bool:
        """Tell whether this process reads the gauges of a scope (it may take seconds)."""
        if scope == "process":
            return True
        try:
            here = self.gauge_lease is None or self.gauge_lease.held()
        except OSError as error:
            self._pipeline.tally.fault("gauge_lease", error)
            return False
        return here and (scope == "host" or self.deployment_lease.held())

    def save(self) -> None:
        """Write the slot's totals where they changed."""
        if self.slot is None:
            return
        if not self.writing.acquire(timeout=LOCK_WAIT):
            return  # a handler interrupted whom its holder waits for
        try:
            if not self._pipeline.lock.acquire(timeout=LOCK_WAIT):
                return  # a handler interrupted whoever holds it: the next save has it all
            try:
                text = snapshot.dump(self._pipeline.meter)
            finally:
                self._pipeline.lock.release()
            self.put(text)
        finally:
            self.writing.release()

    def put(self, text: bytes) -> None:
        """Write what `snapshot.dump` gave (with `writing` held since before it was called).

        A full disk costs the carry, not the process.
        """
        if self.slot is None or (text == self._written and self.slot.path.exists()):
            return
        try:
            self.slot.folder.path.mkdir(mode=0o700, parents=True, exist_ok=True)
            self.slot.save(text)
        except OSError as error:
            self._pipeline.tally.fault("slot_write", error)
        else:
            self._written = text

    def release(self) -> None:
        """Give slot and leases back."""
        for held in (self.slot, self.lease, self.deployment_lease, self.gauge_lease):
            if held is not None:
                held.release()
        self.slot = None

    def forget(self) -> None:
        """Let go, in a forked child, of what its parent holds (its locks forget themselves)."""
        self.deployment_lease.forget()
