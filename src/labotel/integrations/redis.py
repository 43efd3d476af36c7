"""redis-py: commands and connections of the application's, and none of Celery's transport."""

from labotel.instrumentation.redispy.asking import Asking
from labotel.instrumentation.redispy.clients import (
    ClientObserver,
    ConnectionObserver,
    Transports,
)
from labotel.instrumentation.redispy.pools import Pools
from labotel.integrations.joint import Joint


def join(joint: Joint) -> None:
    """Observe all of it."""
    runtime, pools = joint.runtime, Pools()
    asking = Asking(runtime.pipeline.tracer, runtime.is_own_thread, joint.fault)
    runtime.forked.append(pools.forget)
    for module in ("redis.client", "redis.asyncio.client"):
        joint.when(module, ClientObserver(asking, pools))
    joint.when("redis.client", ConnectionObserver(pools))
    joint.when("kombu.transport.redis", Transports(pools))
