"""The standard library's logging."""

from labotel.instrumentation.logs import LogObserver
from labotel.integrations.joint import Joint


def join(joint: Joint) -> None:
    """Observe log lines."""
    runtime = joint.runtime
    observer = LogObserver(runtime.pipeline, runtime.settings.log_level, runtime.is_own_thread)
    if joint.now(observer):
        joint.logs = observer
