"""`http_requests_in_progress`: the requests between the resolving of their route and their end."""

from collections.abc import Callable

from labotel.viewer.receiver import Receiver

RunDjango = Callable[..., str]

VIEWS = """
import asyncio
from django.core.handlers.base import BaseHandler
from django.http import HttpResponse
from django.test import AsyncClient, Client
from django.urls import path

NAME = "http_requests_in_progress"

def here(request, number):
    return HttpResponse(total(NAME, method=request.method, endpoint="here/<int:number>/"))

async def there(request, number):
    return HttpResponse(await asyncio.to_thread(total, NAME, endpoint="there/<int:number>/"))

def fail(request):
    print("while it fails:", total(NAME, endpoint="fail/"))
    raise ValueError("no")

barrier = threading.Barrier(3)
def together(request, number):
    barrier.wait(20)
    if number == 0:
        print("together:", total(NAME, endpoint="together/<int:number>/"))
    barrier.wait(20)
    return HttpResponse("ok")

urlpatterns = [
    path("here/<int:number>/", here), path("there/<int:number>/", there), path("fail/", fail),
    path("together/<int:number>/", together), path("quick/", lambda _: HttpResponse("ok")),
]
settings.ROOT_URLCONF = __name__
client = Client(raise_request_exception=False)
work()
"""


def now(receiver: Receiver) -> dict[tuple[str, str], float | None]:
    """What stands at the receiver, by method and endpoint."""
    return {
        (str(p.attributes["method"]), str(p.attributes["endpoint"])): p.value
        for p in receiver.points
        if p.name == "http_requests_in_progress"
    }


def test_a_request_is_in_progress_in_its_view_and_not_after_it(
    receiver: Receiver, run_django: RunDjango
) -> None:
    """By its method and its route; a route once seen goes on to be reported, with 0."""
    out = run_django(
        VIEWS
        + """
print("in the view:", client.get("/here/7/").content.decode())
print("posted:", client.post("/here/8/").content.decode())
print("after it:", total(NAME))
"""
    )
    assert out.splitlines() == ["in the view: 1", "posted: 1", "after it: 0"]
    assert now(receiver) == {("GET", "here/<int:number>/"): 0, ("POST", "here/<int:number>/"): 0}


def test_a_request_between_two_readings_is_reported_too(
    receiver: Receiver, run_django: RunDjango
) -> None:
    """Whether a reading met it is chance: its route is there with 0; a path without one is not."""
    run_django(
        VIEWS
        + 'client.get("/quick/")\nclient.get("/nowhere/")\nprint(total(NAME))\nlabotel.flush(9)'
    )
    assert now(receiver) == {("GET", "quick/"): 0}


def test_requests_at_once_are_added_up(run_django: RunDjango) -> None:
    """Three threads stand in one view."""
    out = run_django(
        VIEWS
        + """
threads = [threading.Thread(target=Client().get, args=(f"/together/{n}/",)) for n in range(3)]
for thread in threads: thread.start()
for thread in threads: thread.join(30)
print("after them:", total(NAME))
"""
    )
    assert out.splitlines() == ["together: 3", "after them: 0"]


def test_a_request_that_raises_ends_too(run_django: RunDjango) -> None:
    """Django makes a response of the exception; the request was in progress until then."""
    out = run_django(
        VIEWS + "\nprint(client.get('/fail/').status_code)\nprint('after it:', total(NAME))\n"
    )
    assert out.splitlines() == ["while it fails: 1", "500", "after it: 0"]


def test_a_request_without_a_route_is_never_in_progress(
    receiver: Receiver, run_django: RunDjango
) -> None:
    """Nothing to be named by: no series for a path that nobody serves."""
    run_django(VIEWS + "\nclient.get('/nowhere/1/')\nassert total(NAME) == 0\n")
    assert receiver.store.total("http_requests_total", endpoint="unmatched") == 1
    assert now(receiver) == {}


def test_an_asynchronous_request_is_in_progress(run_django: RunDjango) -> None:
    """Through Django's ASGI handler: in its view, not after it, nor after its task is cancelled."""
    out = run_django(
        VIEWS
        + """
entered = asyncio.Event()
async def never(request):
    entered.set()
    await asyncio.sleep(60)
urlpatterns.append(path("never/", never))

async def main():
    answer = await AsyncClient().get("/there/3/")
    print("in the view:", answer.content.decode())
    waiting = asyncio.create_task(AsyncClient().get("/never/"))
    await entered.wait()
    print("waiting:", await asyncio.to_thread(total, NAME, endpoint="never/"))
    waiting.cancel()
    await asyncio.gather(waiting, return_exceptions=True)
    print("cancelled:", await asyncio.to_thread(total, NAME))
asyncio.run(main())
"""
    )
    assert out.splitlines() == ["in the view: 1", "waiting: 1", "cancelled: 0"]


def test_a_forked_child_forgets_its_parents_requests(
    receiver: Receiver, run_django: RunDjango
) -> None:
    """The child of a view reports none; its parent's one stands once."""
    out = run_django(
        VIEWS
        + """
def forking(request):
    pid = os.fork()
    if pid == 0:
        work()
        labotel.flush(10)
        os._exit(0)
    os.waitpid(pid, 0)
    return HttpResponse(total(NAME))
urlpatterns.append(path("forking/", forking))
print(client.get("/forking/").content.decode())
"""
    )
    assert out.split() == ["1"]
    assert len(receiver.store.identities("orders_total")) == 2


def test_the_packaged_instrumentation_has_it_too(run_django: RunDjango) -> None:
    """Whose spans they are does not matter."""
    out = run_django(
        VIEWS + "\nprint(client.get('/here/7/').content.decode())\n",
        LABOTEL_INSTRUMENT="opentelemetry-django",
        OTEL_SEMCONV_STABILITY_OPT_IN="http",
    )
    assert out.split() == ["1"]


def test_it_comes_and_goes_with_the_integration(run_django: RunDjango) -> None:
    """After `shutdown` nobody supplies it; configured again, a request counts once."""
    out = run_django(
        VIEWS
        + """
labotel.configure(catalogs=[catalog])  # the second call changes nothing
print("twice:", client.get("/here/1/").content.decode())
labotel.shutdown()
print("supplied:", NAME in suppliers)
labotel.configure(catalogs=[catalog])
work()
print("again:", client.get("/here/1/").content.decode())
"""
    )
    assert out.splitlines() == ["twice: 1", "supplied: False", "again: 1"]
