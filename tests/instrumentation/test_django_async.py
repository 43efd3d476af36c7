"""An asynchronous request stays on the event loop: labotel hands nothing to a thread."""

import json
import re
from collections.abc import Callable

from labotel.viewer.receiver import Receiver
from running import free_port

RunDjango = Callable[..., str]

SPY = """
import asyncio, sys
from asgiref.sync import AsyncToSync, SyncToAsync
from django.core.asgi import get_asgi_application
from django.http import HttpResponse, StreamingHttpResponse
from django.test import AsyncClient
from django.urls import path
from django.utils.decorators import async_only_middleware

hops, seen = [], []

def spied(original):
    async def call(self, *args, **kwargs):
        hops.append(getattr(self.func, "__qualname__", repr(self.func)))
        return await original(self, *args, **kwargs)
    return call

SyncToAsync.__call__ = spied(SyncToAsync.__call__)
to_thread = asyncio.to_thread
async def spied_to_thread(func, *args, **kwargs):
    hops.append(func.__qualname__)
    return await to_thread(func, *args, **kwargs)
asyncio.to_thread = spied_to_thread
run_in_executor = asyncio.BaseEventLoop.run_in_executor
def spied_run_in_executor(self, executor, func, *args):
    hops.append(getattr(func, "__qualname__", repr(func)))
    return run_in_executor(self, executor, func, *args)
asyncio.BaseEventLoop.run_in_executor = spied_run_in_executor

@async_only_middleware
def outer(get_response):
    async def middleware(request):
        seen.append(threading.get_ident())
        labotel.tenant("acme")
        return await get_response(request)
    return middleware

async def view(request):
    seen.append(threading.get_ident())
    labotel.emit(Ordered(size="small", order_id=1))
    await asyncio.sleep(0)
    seen.append(threading.get_ident())
    return HttpResponse("ok")

async def streaming(request):
    async def parts():
        seen.append(threading.get_ident())
        yield b"a"
    return StreamingHttpResponse(parts())

async def broken(request):
    seen.append(threading.get_ident())
    raise LookupError

urlpatterns = [path("view/", view), path("streaming/", streaming), path("broken/", broken)]
settings.ROOT_URLCONF = __name__
settings.MIDDLEWARE = [__name__ + ".outer"]
application = get_asgi_application()
"""
CHOSEN = {
    "LABOTEL_SLOW_REQUEST": "0.000001",
    "LABOTEL_REQUEST_LOG": "on",
    "LABOTEL_RESPONSE_HEADERS": "x-response-time,traceparent,server-timing",
}
"""All that labotel can be asked to do of a request."""


def hops(run_django: RunDjango, body: str, **more: str) -> list[str]:
    """Serve requests; return what was handed to threads, once all else was on the loop's."""
    out = run_django(SPY + body + "\nprint(json.dumps(hops))", **more)
    return sorted(re.sub("0x[0-9a-f]+", "<address>", hop) for hop in json.loads(out))


CLIENT = """
async def main():
    client = AsyncClient(raise_request_exception=False)
    await client.get("/view/")
    streamed = await client.get("/streaming/")
    assert [part async for part in streamed] == [b"a"]
    assert (await client.get("/nowhere/")).status_code == 404
    return threading.get_ident()
on = asyncio.run(main())
assert len(seen) == 6 and set(seen) == {on}, (seen, on)
"""


def test_a_request_makes_no_hop_of_labotels(receiver: Receiver, run_django: RunDjango) -> None:
    """With all that may be asked of labotel; Django itself makes as many without it."""
    observed = hops(run_django, CLIENT + "labotel.shutdown()", **CHOSEN)
    alone = hops(run_django, CLIENT, OTEL_SDK_DISABLED="true")
    assert observed == alone
    assert not [hop for hop in observed if "labotel" in hop]
    assert receiver.store.total("http_requests_total") == 3


UVICORN = """
import uvicorn
from urllib.error import HTTPError
config = uvicorn.Config(application, port=PORT, log_level="warning", lifespan="off")
server = uvicorn.Server(config)
answered, kept = [], []

def ask():
    while not server.started:
        time.sleep(0.01)
    for name in ("view", "streaming", "broken"):
        try:
            answered.append(urlopen(f"http://127.0.0.1:PORT/{name}/", timeout=20).status)
        except HTTPError as error:
            answered.append(error.code)
    kept.extend(hops)  # at its end the server lets labotel send what waits, in a thread
    server.should_exit = True

thread = threading.Thread(target=ask)
thread.start()
loop = []
async def main():
    loop.append(threading.get_ident())
    await server.serve()
asyncio.run(main())
thread.join()
assert answered == [200, 200, 500], answered
assert len(seen) == 7 and set(seen) == set(loop), (seen, loop)
hops = kept
"""


def test_a_server_keeps_it_on_its_loop(receiver: Receiver, run_django: RunDjango) -> None:
    """uvicorn, over HTTP: the view, the stream and the view that fails."""
    body = UVICORN.replace("PORT", str(free_port()))
    observed = hops(run_django, body + "labotel.shutdown()", **CHOSEN)
    assert not [hop for hop in observed if "labotel" in hop]
    found = [s for s in receiver.spans if s.kind == "SERVER"]
    assert {s.attributes["http.route"] for s in found} == {"view/", "streaming/", "broken/"}
    assert {s.attributes["tenant.id"] for s in found} == {"acme"}
