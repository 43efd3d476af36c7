"""requests: what an application asks of other servers by it."""

from labotel.integrations.joint import Joint
from labotel.integrations.later import Later


def join(joint: Joint) -> None:
    """Observe each request that it sends."""
    runtime = joint.runtime

    def make() -> object:
        from labotel.instrumentation.clients.requests import RequestsObserver

        return RequestsObserver(runtime.pipeline.tracer, runtime.is_own_thread, joint.fault)

    joint.when("requests.adapters", Later(make))
