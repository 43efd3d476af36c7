"""redis-py: commands and connections of the application's, and none of Celery's transport."""

from functools import cache
from typing import Any

from labotel.integrations.joint import Joint
from labotel.integrations.later import Later


def join(joint: Joint) -> None:
    """Observe all of it."""
    runtime = joint.runtime

    @cache
    def pools() -> Any:
        from labotel.instrumentation.redispy.pools import Pools

        made = Pools()
        runtime.forked.append(made.forget)
        return made

    def clients() -> Any:
        from labotel.instrumentation.redispy.asking import Asking
        from labotel.instrumentation.redispy.clients import ClientObserver

        asking = Asking(runtime.pipeline.tracer, runtime.is_own_thread, joint.fault)
        return ClientObserver(asking, pools())

    def connections() -> Any:
        from labotel.instrumentation.redispy.clients import ConnectionObserver

        return ConnectionObserver(pools())

    def transports() -> Any:
        from labotel.instrumentation.redispy.clients import Transports

        return Transports(pools())

    for module in ("redis.client", "redis.asyncio.client"):
        joint.when(module, Later(clients))
    joint.when("redis.client", Later(connections))
    joint.when("kombu.transport.redis", Later(transports))
