"""Programs that the application starts."""

from labotel.integrations.joint import Joint
from labotel.integrations.later import Later


def join(joint: Joint) -> None:
    """Observe each, from its start until its end is noticed."""
    runtime = joint.runtime

    def make() -> object:
        from labotel.instrumentation.subprocesses import SubprocessObserver

        return SubprocessObserver(runtime.pipeline.tracer, runtime.is_own_thread, joint.fault)

    joint.when("subprocess", Later(make))
