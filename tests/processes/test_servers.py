"""Every server and kind of worker: all that was answered is counted, traced and logged, once."""

import signal
import sys
import time

import pytest

from conftest import Start
from labotel.viewer.receiver import Receiver
from running import end, free_port, get, wait_for_page
from serving import Load, load, serve, wait_for_workers

WSGI, ASGI = "project.wsgi", "project.asgi"
WORKERS = {
    "sync": (WSGI, "order"),
    "gthread": (WSGI, "order"),
    # Forked from a master that imported Django before gevent came, greenlets share connections.
    "gevent": (WSGI, "plain/order"),
    "asgi": (ASGI, "async/order"),
    "uvicorn.workers.UvicornWorker": (ASGI, "order"),
}


def check(receiver: Receiver, path: str, asked: Load) -> None:
    """Each signal has each order that was answered, once."""
    store, route = receiver.store, f"{path}/<int:number>/"
    orders = [r for r in receiver.logs if r.event_name == "shop.ordered"]
    lines = [r for r in receiver.logs if r.scope == "project.views"]
    requests = [s for s in receiver.spans if s.kind == "SERVER"]
    numbers = {int(str(r.attributes["order_id"])) for r in orders}
    assert asked.answered <= numbers <= asked.answered | asked.broken
    assert len(orders) == len(numbers)
    assert store.total("orders_total", size="small") == len(orders)
    assert store.total("http_requests_total", endpoint=route) == len(requests)
    assert store.total("http_request_duration_seconds", endpoint=route) == len(requests)
    assert len(orders) <= len(lines) <= len(requests) <= len(asked.answered | asked.broken)
    assert {s.name for s in requests} == {f"GET {route}"}
    assert {r.trace_id for r in orders} <= {r.trace_id for r in lines}
    assert {r.trace_id for r in lines} <= {s.trace_id for s in requests}
    assert len({s.trace_id for s in requests}) == len(requests)
    assert store.total("labotel_faults_total") == 0
    assert store.total("labotel_dropped_total") == 0


@pytest.mark.parametrize("preload", [True, False])
@pytest.mark.parametrize("worker", WORKERS)
def test_recycled_workers_of_gunicorn(
    receiver: Receiver, environment: dict[str, str], start: Start, worker: str, preload: bool
) -> None:
    """Four workers that end after 20 requests each, asked by eight clients at once."""
    application, path = WORKERS[worker]
    url, process = serve(
        start, environment, "--workers", "4", "--worker-class", worker, "--max-requests", "20",
        *(["--threads", "4"] if worker == "gthread" else []),
        *(["--preload"] if preload else []), application=application,
    )  # fmt: skip
    asked = load(url, path, processes=6)
    wait_for_workers(environment, 4)
    end(process)
    check(receiver, path, asked)
    # As many as lived at once: the workers, and perhaps the master.
    assert len(receiver.store.identities("orders_total")) <= 5


@pytest.mark.parametrize("recycled", [True, False])
def test_workers_of_uvicorn(
    receiver: Receiver, slowly: dict[str, str], start: Start, recycled: bool
) -> None:
    """Four spawned workers, whose end by SIGTERM runs no atexit: they lose nothing by it."""
    url = f"http://127.0.0.1:{free_port()}"
    process = start(
        sys.executable, "-m", "uvicorn", "--port", url.rpartition(":")[2], "--workers", "4",
        *(["--limit-max-requests", "20"] if recycled else []), "project.asgi:application",
        env=slowly,
    )  # fmt: skip
    wait_for_page(url, process)
    asked = load(url, "async/order", processes=6 if recycled else 2)
    end(process)
    check(receiver, "async/order", asked)
    assert len(receiver.store.identities("orders_total")) <= 5


@pytest.mark.parametrize("sign", [signal.SIGTERM, signal.SIGINT])
def test_a_receiver_that_hangs_holds_up_the_end_of_uvicorn_no_longer_than_is_set(
    sign: int, hanging: str, slowly: dict[str, str], start: Start
) -> None:
    """The server's end and the process's come one after the other, and share the 5 s."""
    url = f"http://127.0.0.1:{free_port()}"
    process = start(
        sys.executable, "-m", "uvicorn", "--port", url.rpartition(":")[2],
        "project.asgi:application", env=slowly | {"OTEL_EXPORTER_OTLP_ENDPOINT": hanging},
    )  # fmt: skip
    wait_for_page(url, process)
    get(f"{url}/async/order/1/")
    began = time.monotonic()
    end(process, sign)
    assert time.monotonic() - began < 5 + 1.5  # uvicorn's own, and a busy machine's
