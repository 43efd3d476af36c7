"""Observes the clients of redis-py: their commands and pipelines."""

from collections.abc import Callable
from functools import wraps
from inspect import iscoroutinefunction
from typing import Any

from labotel.catalogs.redis import REDIS_CONNECTIONS
from labotel.instrumentation.redispy.asking import PIPELINE, Asked, Asking
from labotel.instrumentation.redispy.pools import Pools
from labotel.instrumentation.supplies import Supplies
from labotel.instrumentation.wrapping import Wrapping


class ClientObserver:
    """Observes one module's clients, which are all synchronous or all not."""

    def __init__(self, asking: Asking, pools: Pools) -> None:
        self._asking = asking
        self._pools = pools
        self._connected = False
        self._wrappings = [
            Wrapping("Redis", "execute_command", lambda its: self._around(its, self._command)),
            Wrapping(
                "Pipeline",
                "immediate_execute_command",  # while a pipeline watches
                lambda its: self._around(its, self._command),
            ),
            Wrapping("Pipeline", "execute", lambda its: self._around(its, self._pipeline)),
        ]

    def connect(self, module: Any) -> None:
        """Observe the clients of `redis.client` or `redis.asyncio.client`."""
        self._connected = True
        for wrapping in self._wrappings:
            wrapping.connect(module)

    def disconnect(self) -> None:
        """Observe nothing any more."""
        self._connected = False
        for wrapping in reversed(self._wrappings):
            wrapping.disconnect()

    def _command(self, client: Any, args: tuple[Any, ...]) -> Asked | None:
        return self._begin(client, args[:1], "")

    def _pipeline(self, client: Any, args: tuple[Any, ...]) -> Asked | None:
        return self._begin(client, [command[0][0] for command in client.command_stack], PIPELINE)

    def _begin(self, client: Any, commands: Any, name: str) -> Asked | None:
        if not self._connected or not self._pools.observed(client.connection_pool):
            return None
        return self._asking.begin(commands, name)

    def _around(self, original: Any, begin: Callable[..., Asked | None]) -> Any:
        @wraps(original)
        def call(client: Any, *args: Any, **kwargs: Any) -> Any:
            asked = begin(client, args)
            if asked is None:
                return original(client, *args, **kwargs)
            try:
                result = original(client, *args, **kwargs)
            except BaseException as error:
                asked.end(error)
                raise
            asked.end()
            return result

        @wraps(original)
        async def call_async(client: Any, *args: Any, **kwargs: Any) -> Any:
            asked = begin(client, args)
            if asked is None:
                return await original(client, *args, **kwargs)
            try:
                result = await original(client, *args, **kwargs)
            except BaseException as error:
                asked.end(error)
                raise
            asked.end()
            return result

        return call_async if iscoroutinefunction(original) else call


class Transports:
    """Learns of kombu's pools, and supplies how many connections the others have."""

    def __init__(self, pools: Pools) -> None:
        self._wrappings = pools.transports()

    def connect(self, module: Any) -> None:
        """Learn of the pools of `kombu.transport.redis`."""
        for wrapping in self._wrappings:
            wrapping.connect(module)

    def disconnect(self) -> None:
        """Learn nothing any more."""
        for wrapping in self._wrappings:
            wrapping.disconnect()


class ConnectionObserver:
    """Supplies how many connections the clients of this process have."""

    def __init__(self, pools: Pools) -> None:
        self._pools = pools
        self._supplies = Supplies()

    def connect(self, module: Any) -> None:
        """Supply them from now on."""
        self._supplies.give(REDIS_CONNECTIONS, self._pools.read)

    def disconnect(self) -> None:
        """Supply nothing any more."""
        self._supplies.take_back()
        self._pools.forget()
