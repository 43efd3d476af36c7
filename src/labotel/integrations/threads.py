"""The context that threads and their pools take along."""

from labotel.instrumentation import threads
from labotel.integrations.joint import Joint


def join(joint: Joint) -> None:
    """Carry it in what the standard library starts."""
    joint.when("threading", threads.threads())
    joint.when("concurrent.futures.thread", threads.thread_pools())
    joint.when("concurrent.futures.process", threads.process_pools())
