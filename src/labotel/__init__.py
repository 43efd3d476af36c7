"""labotel: declare a domain event once; get its metrics, logs and traces.

labotel.configure(service_name="lab", catalogs=[telemetry.catalog])
labotel.emit(ProtocolCompleted(species=Species.CANINE, protocol_id=9, duration=took))
"""

from labotel.configure import configure, flush, shutdown
from labotel.events.alias import Alias
from labotel.events.buckets import HOURS_TO_DAYS, MILLISECONDS, MINUTES, SECONDS
from labotel.events.catalog import Absence, Alert, Catalog, Objective, Ratio
from labotel.events.dispatch import emit
from labotel.events.errors import ConfigurationError, DeclarationError, EventError
from labotel.events.event import Event
from labotel.events.gauges import gauge
from labotel.events.instruments import Counter, Gauge, Histogram, UpDownCounter
from labotel.events.marks import MEASURED, Limited, Outcome, Personal, Unbounded
from labotel.events.tenancy import tenant
from labotel.events.timed import timed
from labotel.instrumentation.observe import observed_task, observed_view
from labotel.instrumentation.track import track, tracked
from labotel.pages.own import health_check

__version__ = "0.1.0"

__all__ = [
    "HOURS_TO_DAYS",
    "MEASURED",
    "MILLISECONDS",
    "MINUTES",
    "SECONDS",
    "Absence",
    "Alert",
    "Alias",
    "Catalog",
    "ConfigurationError",
    "Counter",
    "DeclarationError",
    "Event",
    "EventError",
    "Gauge",
    "Histogram",
    "Limited",
    "Objective",
    "Outcome",
    "Personal",
    "Ratio",
    "Unbounded",
    "UpDownCounter",
    "configure",
    "emit",
    "flush",
    "gauge",
    "observed_task",
    "observed_view",
    "health_check",
    "shutdown",
    "tenant",
    "timed",
    "track",
    "tracked",
]
