"""requests: what an application asks of other servers by it."""

from labotel.instrumentation.clients.requests import RequestsObserver
from labotel.integrations.joint import Joint


def join(joint: Joint) -> None:
    """Observe each request that it sends."""
    runtime = joint.runtime
    joint.when(
        "requests.adapters",
        RequestsObserver(runtime.pipeline.tracer, runtime.is_own_thread, joint.fault),
    )
