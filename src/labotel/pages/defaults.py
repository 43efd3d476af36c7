"""The settings of the pages where nobody set any."""

from typing import Any, Final

DEFAULTS: Final[dict[str, Any]] = {
    "health_checks": None,
    "health_timeout": 2.0,
    "health_disks": (),
    "health_disk_warning": 10.0,
    "health_disk_unhealthy": 3.0,
    "health_database_size": None,
    "increment_rate": 10.0,
    "increment_permission": "labotel.add_increment",
}
