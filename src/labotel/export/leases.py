"""Who reads the gauges of the whole deployment: one process, over all its hosts where that can be.

The processes of a host agree by a lock in the runtime folder (`slots.Lease`). The one that has it
asks for the lease of the deployment, so that a hundred workers do not each connect to a database.
"""

import threading
import time
from collections.abc import Callable, Mapping
from typing import Any, Final, Protocol
from urllib.parse import quote

from labotel.export.folder import deployment_of
from labotel.export.settings import Settings
from labotel.signals.tally import Tally

PACE: Final = 3
"""In metric intervals: how long a process that was refused waits until it asks again, and how long
Redis keeps the lease for a holder that is not heard of."""


class Wide(Protocol):
    """A lease that reaches over hosts. One thread asks at a time, each time within seconds."""

    def held(self) -> bool | None:
        """Tell whether this process has it, taking it where it is free; None: there is none."""

    def release(self) -> None:
        """Give it back, without waiting for an answer."""

    def forget(self) -> None:
        """Close, in a forked child, the connection that is its parent's."""


makers: dict[str, Callable[[str, float], Wide | None]] = {}
"""What integrations know: by kind (`database`, `redis`), what makes a lease of its name and of the
seconds that it lasts unrenewed; None where the application has no such server."""


def name_of(attributes: Mapping[str, Any]) -> str:
    """Return the name of a deployment's lease: staging and production may share a server."""
    parts = ("labotel", "gauges", *deployment_of(attributes))
    return ":".join(quote(part, safe="", errors="replace") for part in parts)


class DeploymentLease:
    """The lease of a deployment, of whichever kind there is here.

    Without any, each host reads for itself. A server that does not answer is another thing: other
    hosts may reach it, so nobody reads here until it does.
    """

    def __init__(self, settings: Settings, attributes: Mapping[str, Any], tally: Tally) -> None:
        self._chosen: str = settings.lease
        self._kinds = [k for k in ("database", "redis") if self._chosen in ("auto", k)]
        self._lasts: float = PACE * settings.metric_interval
        # A little less, so that the third reading does not come just before it.
        self._pause = self._lasts - settings.metric_interval / 2
        self._name = name_of(attributes)
        self._tally = tally
        self._kind = ""
        self._wide: Wide | None = None
        self._again_at = 0.0
        self._said = False
        self._ended = False
        self._guard = threading.Lock()

    def held(self) -> bool:
        """Tell whether this process reads for its deployment; called by who reads for its host.

        It may take seconds: on labotel's thread alone.
        """
        with self._guard:
            if self._ended or time.monotonic() < self._again_at:
                return False
            try:
                held = self._ask()
            except Exception as error:
                self._say(f"the {self._kind} does not answer ({type(error).__name__}); until it "
                          "does, no process of this host reads them")  # fmt: skip
                held = False
            if not held:
                self._again_at = time.monotonic() + self._pause
            return held

    def _ask(self) -> bool:
        while (wide := self._wide or self._found()) is not None:
            held = wide.held()
            if held is not None:
                self._said = False
                return held
            self._wide = None
            self._kinds.remove(self._kind)
        if self._chosen not in ("auto", "folder"):
            self._say(f"lease={self._chosen!r}, but there is none here that can be used; each host "
                      "reads them (docs/settings.md, `lease`)")  # fmt: skip
        return True

    def _found(self) -> Wide | None:
        """Return a lease of the first kind there is. Another framework may be there next time."""
        for kind in self._kinds:
            self._kind = kind
            self._wide = makers[kind](self._name, self._lasts) if kind in makers else None
            if self._wide is not None:
                return self._wide
        return None

    def _say(self, what: str) -> None:
        """Count a fault, and say it once until the lease was answered for again."""
        self._tally.count("labotel_faults_total", "gauge_lease")
        if not self._said:
            self._said = True
            self._tally.warn("gauge lease", f"labotel: the gauges of the deployment: {what}")

    def release(self) -> None:
        """Give it back; what is being asked at this moment ends with the process."""
        self._ended = True
        if self._wide is not None and self._guard.acquire(blocking=False):
            try:
                self._wide.release()
            except Exception as error:
                self._tally.fault("gauge_lease", error)
            finally:
                self._guard.release()

    def forget(self) -> None:
        """Let go, in a forked child, of what its parent holds."""
        wide, self._wide = self._wide, None
        if wide is not None:
            try:
                wide.forget()
            except Exception as error:
                self._tally.fault("gauge_lease", error)
