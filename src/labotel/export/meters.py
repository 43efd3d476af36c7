"""The meters and instruments that an application makes itself: each finds its real one anew.

In each process and after each change of what stands behind: the SDK's own belong to one process.
"""

import weakref
from typing import Any, Final, Protocol

from opentelemetry import metrics

from labotel.export.measurements import amount_of, attributes_of, observing

_SYNCHRONOUS: Final = ("counter", "up_down_counter", "histogram", "gauge")


class Provider(Protocol):
    """What stands behind a meter."""

    observing: "list[Instrument]"

    @property
    def built(self) -> bool:
        """Tell whether this process has a provider already."""

    def real(self) -> metrics.MeterProvider:
        """Return the present process's provider."""

    def fault(self, where: str, error: BaseException, /) -> None:
        """Count what an instrument could not take."""


class Instrument:
    """An instrument that finds its real one in each process.

    Attributes are scrubbed before the SDK adds up: of two series that leave as one, the sum.
    """

    def __init__(self, meter: "DelegatingMeter", kind: str, *args: Any, **kwargs: Any) -> None:
        self._meter = meter
        self._make = (f"create_{kind}", args, kwargs)
        self.now: Any = None
        """The instrument of the present process's provider, where it was used already."""

    def real(self) -> Any:
        """Return the present process's instrument."""
        if self.now is None:
            method, args, kwargs = self._make
            self.now = getattr(self._meter.real(), method)(*args, **kwargs)
        return self.now

    def forget(self) -> None:
        """Drop the instrument of the parent process."""
        self.now = None

    def add(self, *args: Any, **kwargs: Any) -> None:
        """Add to a counter or an up-down counter."""
        self._say("add", args, kwargs)

    def record(self, *args: Any, **kwargs: Any) -> None:
        """Record a histogram's value."""
        self._say("record", args, kwargs)

    def set(self, *args: Any, **kwargs: Any) -> None:
        """Set a gauge's value."""
        self._say("set", args, kwargs)

    def _say(self, how: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        """Hand a measurement over; the SDK raises for a text or for an attribute without a hash."""
        try:
            amount = args[0] if args else kwargs.pop("amount")
            given = args[1] if len(args) > 1 else kwargs.pop("attributes", None)
            getattr(self.real(), how)(amount_of(amount), attributes_of(given), *args[2:], **kwargs)
        except Exception as error:
            self._meter.fault("instrument", error)


class DelegatingMeter(metrics.Meter):
    """A meter whose instruments outlive a fork."""

    def __init__(self, provider: Provider, *identity: Any) -> None:
        super().__init__(*identity[:3])
        self._provider = provider
        self._identity = identity
        self._made: weakref.WeakSet[Instrument] = weakref.WeakSet()

    def real(self) -> metrics.Meter:
        """Return the present process's meter."""
        return self._provider.real().get_meter(*self._identity)

    def fault(self, where: str, error: BaseException) -> None:
        """Count what an instrument could not take."""
        self._provider.fault(where, error)

    def forget(self) -> None:
        """Drop the instruments of the parent process."""
        for instrument in list(self._made):
            instrument.forget()

    def made(self) -> "list[Instrument]":
        """Return the instruments that are still in use."""
        return list(self._made)

    def _create(self, kind: str, *args: Any, **kwargs: Any) -> Any:
        made = Instrument(self, kind, *args, **kwargs)
        self._made.add(made)
        if kind not in _SYNCHRONOUS:
            self._provider.observing.append(made)
            if self._provider.built:
                made.real()
        return made

    def create_counter(self, *args: Any, **kwargs: Any) -> Any:
        """Create a counter."""
        return self._create("counter", *args, **kwargs)

    def create_up_down_counter(self, *args: Any, **kwargs: Any) -> Any:
        """Create an up-down counter."""
        return self._create("up_down_counter", *args, **kwargs)

    def create_histogram(self, *args: Any, **kwargs: Any) -> Any:
        """Create a histogram."""
        return self._create("histogram", *args, **kwargs)

    def create_gauge(self, *args: Any, **kwargs: Any) -> Any:
        """Create a gauge."""
        return self._create("gauge", *args, **kwargs)

    def create_observable_counter(
        self, name: str, callbacks: Any = None, *args: Any, **kwargs: Any
    ) -> Any:
        """Create an observable counter."""
        return self._create("observable_counter", name, observing(callbacks), *args, **kwargs)

    def create_observable_up_down_counter(
        self, name: str, callbacks: Any = None, *args: Any, **kwargs: Any
    ) -> Any:
        """Create an observable up-down counter."""
        return self._create(
            "observable_up_down_counter", name, observing(callbacks), *args, **kwargs
        )

    def create_observable_gauge(
        self, name: str, callbacks: Any = None, *args: Any, **kwargs: Any
    ) -> Any:
        """Create an observable gauge."""
        return self._create("observable_gauge", name, observing(callbacks), *args, **kwargs)
