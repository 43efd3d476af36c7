"""Programs that the application starts."""

from labotel.instrumentation.subprocesses import SubprocessObserver
from labotel.integrations.joint import Joint


def join(joint: Joint) -> None:
    """Observe each, from its start until its end is noticed."""
    runtime = joint.runtime
    joint.when(
        "subprocess",
        SubprocessObserver(runtime.pipeline.tracer, runtime.is_own_thread, joint.fault),
    )
