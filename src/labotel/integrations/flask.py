"""Flask: the requests of all its applications."""

from opentelemetry.trace import NoOpTracer, Tracer

from labotel.instrumentation.app import AppInfo
from labotel.instrumentation.flask.requests import FlaskObserver
from labotel.instrumentation.gateways.wsgi import WsgiRequests
from labotel.integrations.joint import Joint


def join(joint: Joint) -> None:
    """Observe them."""
    runtime = joint.runtime

    def requests(tracer: Tracer) -> WsgiRequests:
        made = WsgiRequests(tracer, joint.fault, lambda: runtime.settings.values)
        runtime.forked.append(made.forget)
        return made

    joint.now(AppInfo(lambda: runtime.attributes))
    own, spanless = requests(runtime.pipeline.tracer), requests(NoOpTracer())
    joint.when("flask.app", FlaskObserver(own, spanless, joint.fault, joint.pseudonym))
