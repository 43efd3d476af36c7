"""The tenant, from the request into its lines, its threads and its tasks, and no further."""

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from conftest import Start
from labotel.viewer.receiver import Receiver
from running import end, python

RunDjango = Callable[..., str]
TENANT = "tenant.id"

VIEWS = """
import asyncio, logging
from django.http import HttpResponse
from django.test import AsyncClient, Client
from django.urls import path
log = logging.getLogger("app")

def by_header(get_response):
    def middleware(request):
        if "X-Tenant" in request.headers:
            labotel.tenant(request.headers["X-Tenant"])
        return get_response(request)
    return middleware

def view(request, number):
    log.info("view %s", number)
    labotel.emit(Ordered(size="small", order_id=number))
    thread = threading.Thread(target=lambda: log.info("thread %s", number))
    thread.start()
    thread.join()
    return HttpResponse("ok")

async def view_async(request, number):
    log.info("view %s", number)
    await asyncio.to_thread(log.info, "thread %s", number)
    return HttpResponse("ok")

urlpatterns = [path("view/<int:number>/", view), path("async/<int:number>/", view_async)]
settings.ROOT_URLCONF = __name__
settings.MIDDLEWARE = [__name__ + ".by_header"]
"""
CALLS = {
    "wsgi": "for n, more in asked: Client().get(f'/view/{n}/', headers=more)",
    "asgi": "for n, more in asked: asyncio.run(AsyncClient().get(f'/view/{n}/', headers=more))",
    "async": "for n, more in asked: asyncio.run(AsyncClient().get(f'/async/{n}/', headers=more))",
}


@pytest.mark.parametrize("way", CALLS)
def test_a_tenant_that_a_middleware_says_is_the_requests(
    receiver: Receiver, run_django: RunDjango, way: str
) -> None:
    """On its span, its lines, its events and in its threads; the next request has none of it."""
    run_django(
        VIEWS
        + "asked = [(1, {'X-Tenant': 'acme'}), (2, {}), (3, {'X-Tenant': 'other'})]\n"
        + CALLS[way]
        + "\nlog.info('outside')\nlabotel.shutdown()"
    )
    said = {str(r.body): r.attributes.get(TENANT) for r in receiver.logs if r.scope == "app"}
    assert said == {
        "view 1": "acme", "thread 1": "acme", "view 2": None, "thread 2": None,
        "view 3": "other", "thread 3": "other", "outside": None,
    }  # fmt: skip
    spans = [s.attributes.get(TENANT) for s in receiver.spans if s.kind == "SERVER"]
    assert spans == ["acme", None, "other"]
    if way != "async":
        events = [r.attributes.get(TENANT) for r in receiver.logs if r.scope == "labotel"]
        assert events == ["acme", None, "other"]
    assert "acme" not in {v for p in receiver.points for v in p.attributes.values()}


def test_it_goes_along_into_the_tasks(
    receiver: Receiver, environment: dict[str, str], start: Start, tmp_path: Path
) -> None:
    """By the message's header, into the tasks of tasks too; the worker's next task has none."""
    for folder in ("broker", "broker/control"):
        (tmp_path / folder).mkdir()
    env = environment | {"PROJECT_BROKER": str(tmp_path / "broker")}
    python(
        """
from project import celeryapp
import labotel
with labotel.tenant("acme"):
    celeryapp.spread_task.delay(1)
celeryapp.spread_task.delay(2)
labotel.shutdown()
""",
        env,
    )
    worker = start(
        sys.executable, "-m", "celery", "-A", "project.celeryapp", "worker", "--pool", "prefork",
        "--concurrency", "1", "--without-gossip", "--without-mingle", env=env,
    )  # fmt: skip
    store = receiver.store

    def lines() -> dict[str, object]:
        said = [r for r in store.logs if r.scope == "project.tasks"]
        return {str(r.body): r.attributes.get(TENANT) for r in said}

    def runs() -> list[str]:
        found = [s for s in store.spans if s.name.startswith("run/")]
        return sorted(str(s.attributes.get(TENANT)) for s in found)

    assert store.wait_for(lambda: len(lines()) == 4 and len(runs()) == 4, 60)
    end(worker)
    assert lines() == {"spread 1": "acme", "step 1": "acme", "spread 2": None, "step 2": None}
    assert runs() == ["None", "None", "acme", "acme"]
    assert store.total("labotel_faults_total") == 0
