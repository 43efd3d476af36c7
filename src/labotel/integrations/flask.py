"""Flask: the requests of all its applications."""

from opentelemetry.trace import NoOpTracer, Tracer

from labotel.instrumentation.app import AppInfo
from labotel.integrations.joint import Joint
from labotel.integrations.later import Later


def join(joint: Joint) -> None:
    """Observe them."""
    runtime = joint.runtime

    def make() -> object:
        from labotel.instrumentation.flask.requests import FlaskObserver
        from labotel.instrumentation.gateways.wsgi import WsgiRequests

        def requests(tracer: Tracer) -> WsgiRequests:
            made = WsgiRequests(tracer, joint.fault, lambda: runtime.settings.values)
            runtime.forked.append(made.forget)
            return made

        own, spanless = requests(runtime.pipeline.tracer), requests(NoOpTracer())
        return FlaskObserver(own, spanless, joint.fault, joint.pseudonym)

    joint.now(AppInfo(lambda: runtime.attributes))
    joint.when("flask.app", Later(make))
