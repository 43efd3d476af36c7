"""Who sends: the resource attributes of this process, without its slot."""

from importlib.metadata import PackageNotFoundError, version
from typing import Any

from labotel.export.settings import Settings


def attributes(settings: Settings) -> dict[str, Any]:
    """Return the resource attributes, by OpenTelemetry's semantic conventions.

    No command line, owner or host name: the first two hold personal data, and a host name makes
    new series with each container.
    """
    made: dict[str, Any] = {
        "telemetry.sdk.language": "python",
        "telemetry.sdk.name": "opentelemetry",
        "telemetry.sdk.version": _version("opentelemetry-sdk"),
        "telemetry.distro.name": "labotel",
        "telemetry.distro.version": _version("labotel"),
    }
    named = {
        "service.version": settings.service_version,
        "deployment.environment.name": settings.environment,
    }
    made.update(settings.resource_attributes)
    made.update({key: value for key, value in named.items() if value})
    if "service_name" in settings.given or "service.name" not in made:
        made["service.name"] = settings.service_name
    made.pop("service.instance.id", None)  # the slot is the instance
    return made


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "unknown"
