"""Django with OpenTelemetry's own request instrumentation."""

from labotel.instrumentation.django.packaged import PackagedRequests
from labotel.integrations.django import data
from labotel.integrations.joint import Joint


def join(joint: Joint) -> None:
    """Observe requests by it, and all else by labotel's own."""
    observer = PackagedRequests(joint.fault, joint.pseudonym, lambda: joint.runtime.settings.values)
    joint.runtime.forked.append(observer.forget)
    joint.when("django.core.handlers.base", observer)
    data(joint)
