"""The process itself, by the standard library."""

from labotel.instrumentation.process import ProcessObserver
from labotel.integrations.joint import Joint


def join(joint: Joint) -> None:
    """Supply its gauges, and tell its counters with them and at its end."""
    observer = ProcessObserver(joint.fault)
    joint.runtime.forked.append(observer.forget)
    if joint.now(observer):
        joint.with_own_readings.append(observer.tell_counts)
        # By then nobody observes any more, but what is in the queue is still sent.
        joint.runtime.lasts.append(lambda: observer.tell_counts(joint.runtime.pipeline.emit))
