"""The deployment's lease in Redis: a key of the holder's, which Redis forgets if nobody renews it.

In the Redis of Django's caches, else in that of Celery's broker.
"""

import secrets
import sys
from collections.abc import Callable
from typing import Any, Final

from labotel.instrumentation.celery.queues import apps

PATIENCE: Final = 1
"""How long, in s, connecting may take, and each answer."""

_TAKE: Final = """
local holder = redis.call('get', KEYS[1])
if holder and holder ~= ARGV[1] then return 0 end
redis.call('set', KEYS[1], ARGV[1], 'PX', ARGV[2])
return 1
"""
"""Take what is free, renew what is one's own; a key that was flushed is simply free."""
_GIVE_BACK: Final = """
if redis.call('get', KEYS[1]) == ARGV[1] then redis.call('del', KEYS[1]) end
"""

Connect = Callable[[], Any]


def redis_lease(name: str, lasts: float) -> "RedisLease | None":
    """Return the lease in the application's Redis; None where it has none."""
    connect = _of_django() or _of_celery()
    return RedisLease(connect, name, lasts) if connect is not None else None


class RedisLease:
    """A key in Redis, on a connection that is open only while the key is this process's."""

    def __init__(self, connect: Connect, name: str, lasts: float) -> None:
        self._connect = connect
        self._name = name
        self._lasts = max(1, round(lasts * 1000))
        self._token = secrets.token_hex(8)
        self._connection: Any = None

    def held(self) -> bool:
        """Tell whether this process has the key, from now on for as long as it lasts."""
        if self._connection is not None:
            try:
                return self._take()
            except Exception:  # Redis restarted, or the line broke: once more, from the start
                self.forget()
        self._connection = self._connect()
        held = False
        try:
            held = self._take()
        finally:
            if not held:
                self.forget()
        return held

    def _take(self) -> bool:
        self._send(_TAKE, self._lasts)
        return bool(self._connection.read_response() == 1)

    def _send(self, script: str, *arguments: Any) -> None:
        self._connection.send_command("EVAL", script, 1, self._name, self._token, *arguments)

    def release(self) -> None:
        """Give the key back, where it is this process's; the answer is not awaited."""
        if self._connection is not None:
            self._send(_GIVE_BACK)
        self.forget()

    def forget(self) -> None:
        """Close the connection; in a forked child that leaves its parent's open."""
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.disconnect()


def _of_django() -> Connect | None:
    """Return what connects to the Redis of Django's caches; the default one's comes first."""
    conf = sys.modules.get("django.conf")
    if conf is None or not conf.settings.configured:
        return None
    from django.core.cache import caches

    found = [a for a, said in conf.settings.CACHES.items() if "redis" in said["BACKEND"].lower()]
    for alias in sorted(found, key=lambda alias: alias != "default"):
        cache: Any = caches.create_connection(alias)  # one that nobody else uses
        # django-redis's own name for it, or Django's
        client: Any = getattr(cache, "client", None) or getattr(cache, "_cache", None)
        if hasattr(client, "get_client"):
            return _connecting(client.get_client(write=True).connection_pool)
    return None


def _of_celery() -> Connect | None:
    """Return what connects to the Redis that is the broker of a Celery app."""
    for app in apps():
        urls = app.conf.broker_read_url or ()
        for url in urls.split(";") if isinstance(urls, str) else urls:
            if url.startswith(("redis://", "rediss://")):
                import redis

                return _connecting(redis.ConnectionPool.from_url(url))
    return None


def _connecting(pool: Any) -> Connect:
    """Return what makes a connection like a pool's, for which nobody waits long."""
    from redis.backoff import NoBackoff
    from redis.retry import Retry

    limits = {"socket_connect_timeout": PATIENCE, "socket_timeout": PATIENCE}
    given = {**pool.connection_kwargs, **limits, "retry": Retry(NoBackoff(), 0)}
    return lambda: pool.connection_class(**given)
