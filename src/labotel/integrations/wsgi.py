"""WSGI applications without a framework, by `labotel.wsgi.Middleware`."""

from labotel.integrations.joint import Joint
from labotel.integrations.later import Later


def join(joint: Joint) -> None:
    """Observe what an application puts the middleware around."""
    runtime = joint.runtime

    def make() -> object:
        from labotel.instrumentation.gateways.wsgi import WsgiObserver, WsgiRequests

        requests = WsgiRequests(
            runtime.pipeline.tracer, joint.fault, lambda: runtime.settings.values
        )
        runtime.forked.append(requests.forget)
        return WsgiObserver(requests)

    joint.when("labotel.wsgi", Later(make))
