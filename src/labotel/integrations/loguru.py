"""loguru, beside the standard library's logging."""

from labotel.instrumentation.loguru import LoguruObserver
from labotel.integrations.joint import Joint


def join(joint: Joint) -> None:
    """Observe its records."""
    runtime = joint.runtime
    level = runtime.settings.log_level
    if joint.logs is not None:
        joint.logs.relayed = True
    joint.when("loguru", LoguruObserver(runtime.pipeline, level, runtime.is_own_thread))
