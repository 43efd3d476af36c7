"""The paths that the setting `disk_paths` names."""

from labotel.instrumentation.paths import PathObserver
from labotel.integrations.joint import Joint


def join(joint: Joint) -> None:
    """Supply their gauges; the setting may come with Django's, later than this."""
    joint.now(PathObserver(lambda: joint.runtime.settings.values["disk_paths"]))
