"""How many messages wait in each queue, asked of the broker by whoever reads the service's gauges.

By a passive declaration, which kombu's transports answer: AMQP, the file system and memory. Of
Redis by the lengths of its lists.
"""

import sys
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from labotel.catalogs.tasks import QUEUE_LENGTH, UNACKED
from labotel.instrumentation.celery.names import of_many
from labotel.instrumentation.supplies import Supplies

TIMEOUT: Final = 2
"""How long, in s, connecting may take, and each answer."""

_REDIS: Final = ("redis", "rediss", "sentinel")
_AMQP: Final = ("amqp", "amqps", "pyamqp")

Queue = tuple[str, str]
"""(a broker, the name of a queue of it)."""


class QueueObserver:
    """Supplies the lengths of the queues of each Celery app that names a broker."""

    def __init__(self, fault: Callable[[str, BaseException], None]) -> None:
        self._fault = fault
        self._supplies = Supplies()
        self._unacked: dict[str, int] = {}
        """By broker: what the last reading of the queues found on its way."""

    def connect(self, base: Any) -> None:
        """Supply them from now on; called when the application imports Celery's apps.

        An app may come later, and a process that never publishes may be the one that reads.
        """
        self._supplies.give(QUEUE_LENGTH, self._read)
        self._supplies.give(UNACKED, self._read_unacked)  # in this order they are read, too

    def disconnect(self) -> None:
        """Supply nothing any more."""
        self._supplies.take_back()

    def _read(self) -> list[tuple[str, int]]:
        """Give each queue's length; of queues of one name with several brokers, their sum.

        A broker that is down costs the queues of its own apps alone.
        """
        self._unacked = {}
        lengths: dict[Queue, int] = {}  # two apps may know one queue: it counts once
        for app in apps():
            try:
                if app.conf.broker_read_url and not app.conf.task_always_eager:
                    lengths.update(self._lengths(app))
            except Exception as error:
                self._fault("queue_length", error)
        summed: Counter[str] = Counter()
        for (_, name), length in lengths.items():
            summed[name] += length
        return list(summed.items())

    def _read_unacked(self) -> list[tuple[int]]:
        """Give what the brokers said a moment ago, once; nothing where none is a Redis."""
        found, self._unacked = self._unacked, {}
        return [(sum(found.values()),)] if found else []

    def _lengths(self, app: Any) -> Iterator[tuple[Queue, int]]:
        queues = {queue.name for queue in app.amqp.queues.values()}
        names = sorted(filter(of_many, queues | set(_routed(app.conf.task_routes))))
        with app.connection_for_read(connect_timeout=TIMEOUT, heartbeat=0) as connection:
            connection.transport_options = {
                **(connection.transport_options or {}),
                **_patience(connection.transport_cls),
            }
            # One more try, for the next of several brokers, without a pause.
            connection.ensure_connection(
                max_retries=1, interval_start=0, interval_step=0, interval_max=0, timeout=TIMEOUT
            )
            broker = _broker(connection, app.conf.broker_transport_options)
            if connection.transport_cls in _REDIS:
                found = self._of_redis(connection, broker, names)
            else:
                found = ((name, self._length(connection, name)) for name in names)
            for name, length in found:
                if length is not None:
                    yield (broker, name), length

    def _of_redis(
        self, connection: Any, broker: str, names: list[str]
    ) -> Iterator[tuple[str, int | None]]:
        """Give the lengths of the lists of all priorities, all asked at once; note what is unacked.

        A passive declaration would ask for keys without `global_keyprefix`, and find none.
        """
        channel = connection.channel()
        with channel.conn_or_acquire() as client, client.pipeline(transaction=False) as asked:
            for name in names:
                for step in channel.priority_steps:
                    asked.llen(f"{name}{channel.sep}{step}" if step else name)
            asked.hlen(channel.unacked_key)
            *lengths, unacked = asked.execute(raise_on_error=False)
        if isinstance(unacked, int):
            self._unacked[broker] = unacked
        else:
            self._fault("unacked", unacked)  # this alone may be refused
        steps = len(channel.priority_steps)
        for at, name in enumerate(names):
            of_queue = lengths[at * steps : (at + 1) * steps]
            wrong = next((one for one in of_queue if not isinstance(one, int)), None)
            if wrong is not None:
                self._fault("queue_length", wrong)
            yield name, sum(of_queue) if wrong is None else None

    def _length(self, connection: Any, name: str) -> int | None:
        """Return how many messages wait in a queue; None where the broker does not say."""
        channel = connection.channel()  # one for each: an error closes it
        try:
            declared = channel.queue_declare(queue=name, passive=True)
        except connection.channel_errors as error:
            if str(getattr(error, "reply_code", "")) == "404":
                return 0  # nothing was ever sent
            self._fault("queue_length", error)  # another connection's alone, for one
            return None
        channel.close()
        return int(declared.message_count)


def apps() -> list[Any]:
    """Return the Celery apps of this process; none where Celery is not imported."""
    state = sys.modules.get("celery._state")  # the only place where Celery names its apps
    # The app that Celery makes where nobody made one is not set as current.
    return [app for app in list(state._apps) if app.set_as_current] if state else []


def _broker(connection: Any, options: Any) -> str:
    """Return which broker a connection is to: of several, the one that answered.

    The options tell two folders, or two prefixes of keys, apart. kombu's own `info` warns of each
    address that has no host.
    """
    default = connection.transport.default_connection_params
    names = ("hostname", "port", "virtual_host")
    where = [getattr(connection, name) or default.get(name) for name in names]
    return repr((connection.transport_cls, where, options))


def _routed(routes: Any) -> Iterator[str]:
    """Give the names of queues in the dictionaries of `task_routes`; a function says none."""
    for routing in routes if isinstance(routes, (list, tuple)) else (routes,):
        for route in routing.values() if isinstance(routing, Mapping) else ():
            queue = route.get("queue") if isinstance(route, Mapping) else route
            name = getattr(queue, "name", queue)
            if isinstance(name, str):
                yield name


def _patience(transport: str) -> dict[str, Any]:
    """Return the options by which a transport waits for its broker no longer than `TIMEOUT`."""
    if transport in _REDIS:
        return {
            "socket_connect_timeout": TIMEOUT,
            "socket_timeout": TIMEOUT,
            "retry_on_timeout": False,
        }
    if transport in _AMQP:
        return {"read_timeout": TIMEOUT, "write_timeout": TIMEOUT}
    return {}
