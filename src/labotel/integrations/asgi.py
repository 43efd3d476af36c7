"""ASGI applications without a framework, by `labotel.asgi.Middleware`."""

from labotel.integrations.joint import Joint
from labotel.integrations.later import Later


def join(joint: Joint) -> None:
    """Observe what an application puts the middleware around."""
    runtime = joint.runtime

    def make() -> object:
        from labotel.instrumentation.gateways.asgi import AsgiObserver, AsgiRequests

        requests = AsgiRequests(
            runtime.pipeline.tracer, joint.fault, lambda: runtime.settings.values
        )
        runtime.forked.append(requests.forget)
        return AsgiObserver(requests)

    joint.when("labotel.asgi", Later(make))
