"""httpx: what an application asks of other servers by it."""

from labotel.instrumentation.clients.httpx import HttpxObserver
from labotel.integrations.joint import Joint


def join(joint: Joint) -> None:
    """Observe each request that it sends."""
    runtime = joint.runtime
    joint.when("httpx", HttpxObserver(runtime.pipeline.tracer, runtime.is_own_thread, joint.fault))
