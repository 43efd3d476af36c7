"""The catalogue of a veterinary laboratory: one file an area, joined here.

from labotel.catalogs import lab

labotel.configure(service_name="lab", catalogs=[lab.catalog])
labotel.emit(lab.protocols.ProtocolSubmitted(species="canine", ...))
"""

from typing import Final

from labotel.catalogs.lab import (
    clients,
    files,
    mail,
    orders,
    protocols,
    quality,
    reports,
    samples,
    security,
    users,
)
from labotel.catalogs.lab.alerts import ALERTS
from labotel.catalogs.lab.dashboards import DASHBOARDS
from labotel.catalogs.lab.objectives import OBJECTIVES
from labotel.events.catalog import Catalog

AREAS: Final = (
    protocols, samples, reports, orders, users, mail, files, clients, quality, security,
)  # fmt: skip

catalog: Final = Catalog(
    "lab",
    events=[event for area in AREAS for event in area.EVENTS],
    gauges=[gauge for area in AREAS for gauge in getattr(area, "GAUGES", ())],
    ratios=[ratio for area in AREAS for ratio in getattr(area, "RATIOS", ())],
    objectives=OBJECTIVES,
    alerts=ALERTS,
    dashboards=DASHBOARDS,
)
