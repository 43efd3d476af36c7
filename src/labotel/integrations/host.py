"""The host, where psutil is installed."""

from labotel.instrumentation.host import HostObserver
from labotel.integrations.joint import Joint


def join(joint: Joint) -> None:
    """Supply its gauges, and tell its traffic with them."""
    observer = HostObserver(joint.fault)
    joint.runtime.forked.append(observer.forget)
    if joint.now(observer):
        joint.with_readings.append(observer.tell_traffic)
