"""What an application asks of a real Redis, by redis-py's clients."""

import pytest

from labotel.viewer.receiver import Receiver
from redises import Run, commands, counted, measured
from running import free_port

SYNC = """
client = redis.Redis.from_url(url)
with tracer.start_as_current_span("work"):
    client.set("patient:Rex", "secret")
    assert client.get("patient:Rex") == b"secret"
    assert client.get("patient:Rex") == b"secret"
"""
ASYNC = """
import redis.asyncio
async def main():
    client = redis.asyncio.Redis.from_url(url)
    with tracer.start_as_current_span("work"):
        await client.set("patient:Rex", "secret")
        assert await client.get("patient:Rex") == b"secret"
        assert await client.get("patient:Rex") == b"secret"
    await client.aclose()
asyncio.run(main())
"""


@pytest.mark.parametrize("script", [SYNC, ASYNC])
def test_a_command_has_a_span_and_is_counted(asked: Run, receiver: Receiver, script: str) -> None:
    """By its name alone: neither key, value nor host is anywhere."""
    asked(script)
    found = [s for s in commands(receiver) if s.name in ("SET", "GET")]
    (work,) = [s for s in receiver.spans if s.name == "work"]
    assert [(s.name, s.kind, s.parent_span_id) for s in found] == [
        (name, "CLIENT", work.span_id) for name in ("SET", "GET", "GET")
    ]
    assert counted(receiver) == {"set": 1, "get": 2}
    assert measured(receiver) == {"set": 1, "get": 2}
    everything = str([receiver.spans, receiver.points, receiver.logs])
    assert not any(word in everything for word in ("Rex", "patient", "secret", "127.0.0.1"))


SYNC_PIPELINE = """
client = redis.Redis.from_url(url)
for transaction in (True, False):
    with client.pipeline(transaction=transaction) as pipe:
        pipe.set("a", 1).incr("a").incr("a")
        assert pipe.execute() == [True, 2, 3]
with client.pipeline() as pipe:
    pipe.watch("a")
    pipe.get("a")
    pipe.multi()
    pipe.delete("a")
    pipe.execute()
"""
ASYNC_PIPELINE = """
import redis.asyncio
async def main():
    client = redis.asyncio.Redis.from_url(url)
    for transaction in (True, False):
        async with client.pipeline(transaction=transaction) as pipe:
            assert await pipe.set("a", 1).incr("a").incr("a").execute() == [True, 2, 3]
    async with client.pipeline() as pipe:
        await pipe.watch("a")
        await pipe.get("a")
        pipe.multi()
        pipe.delete("a")
        await pipe.execute()
    await client.aclose()
asyncio.run(main())
"""


@pytest.mark.parametrize("script", [SYNC_PIPELINE, ASYNC_PIPELINE])
def test_a_pipeline_is_one_span_and_all_its_commands(
    asked: Run, receiver: Receiver, script: str
) -> None:
    """As a transaction or not; what is asked while it watches is asked at once."""
    asked(script)
    pipelines = [s for s in commands(receiver) if s.name == "PIPELINE"]
    assert [s.attributes.get("db.operation.batch.size") for s in pipelines] == [3, 3, None]
    at_once = [s.name for s in commands(receiver) if s.name != "PIPELINE"]
    assert at_once in (["WATCH", "GET"], ["WATCH", "GET", "UNWATCH"])
    found = counted(receiver)
    assert {name: found[name] for name in ("set", "incrby", "del", "watch", "get")} == {
        "set": 2, "incrby": 4, "del": 1, "watch": 1, "get": 1,
    }  # fmt: skip
    assert "pipeline" not in found
    assert measured(receiver)["pipeline"] == 3


def test_what_fails_is_an_error(asked: Run, receiver: Receiver) -> None:
    """The application gets redis-py's own exception."""
    asked(
        f"""
        client = redis.Redis.from_url(url)
        client.set("a", "x")
        try:
            client.incr("a")
        except redis.ResponseError:
            pass
        gone = redis.Redis(port={free_port()}, retry=None)
        try:
            gone.ping()
        except redis.ConnectionError:
            pass
        """
    )
    failed = {s.name: s for s in commands(receiver) if s.status == "ERROR"}
    assert {n: s.attributes["error.type"] for n, s in failed.items()} == {
        "INCRBY": "ResponseError",
        "PING": "ConnectionError",
    }
    assert counted(receiver, "failure") == {"incrby": 1, "ping": 1}


def test_what_waits_makes_a_span_within_work_alone(asked: Run, receiver: Receiver) -> None:
    """A loop that waits for the next job is no work; it is counted, and not measured."""
    asked(
        """
        client = redis.Redis.from_url(url)
        for _ in range(3):
            client.blpop("jobs", timeout=0.01)
        with tracer.start_as_current_span("work"):
            client.blpop("jobs", timeout=0.01)
        """
    )
    (span,) = [s for s in commands(receiver) if s.name == "BLPOP"]
    assert span.parent_span_id
    assert counted(receiver) == {"blpop": 4}
    assert measured(receiver) == {}


def test_names_that_are_no_commands_are_one(asked: Run, receiver: Receiver) -> None:
    """However somebody else's text came to be a command."""
    asked(
        """
        client = redis.Redis.from_url(url)
        for i in range(300):
            for name in (f"no {i}", f"patient:{i}", f"NO{i}".encode()):
                try:
                    client.execute_command(name)
                except redis.ResponseError:
                    pass
        """
    )
    found = counted(receiver, "failure")
    assert found.pop("no") == 300
    # The names that might be commands have a cap; the others are one.
    assert len(found) <= 101
    assert sum(found.values()) == 600
    assert "patient" not in str(receiver.spans)


def test_the_connections_of_its_pools_are_shown(asked: Run, receiver: Receiver) -> None:
    """In use, and kept for the next command."""
    asked(
        """
        client = redis.Redis.from_url(url)
        pubsubs = [client.pubsub() for _ in range(2)]
        for pubsub in pubsubs:
            pubsub.subscribe("news")
        client.ping()
        order(1)  # a process that has no work of its own reads no gauge
        labotel.flush(10)
        """
    )
    found = {
        p.attributes["state"]: p.value
        for p in receiver.points
        if p.name == "redis_client_connections_current"
    }
    assert found == {"active": 2, "idle": 1}


def test_disconnecting_gives_the_clients_their_own_methods_back(
    asked: Run, receiver: Receiver
) -> None:
    """And a client that was made before works on."""
    out = asked(
        """
        import redis.asyncio.client
        import redis.client
        client = redis.Redis.from_url(url)
        labotel.shutdown()
        client.ping()
        for module in (redis.client, redis.asyncio.client):
            for kind, name in (("Redis", "execute_command"), ("Pipeline", "execute"),
                               ("Pipeline", "immediate_execute_command")):
                print(hasattr(getattr(getattr(module, kind), name), "__wrapped__"))
        """
    )
    assert set(out.split()) == {"False"}
    assert commands(receiver) == []
