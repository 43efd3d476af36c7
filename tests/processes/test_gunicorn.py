"""gunicorn: every request is observed wherever labotel is configured, and every count arrives."""

import signal
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from conftest import Start
from labotel.export.wake import wait_until
from labotel.viewer.receiver import Receiver
from metrics_page import FORMATS, Page
from running import end, get
from serving import order, serve


@pytest.mark.parametrize("where", ["settings", "before", "after"])
def test_requests_are_observed_wherever_configure_is_called(
    receiver: Receiver, environment: dict[str, str], start: Start, where: str
) -> None:
    """In the settings, before Django starts, and after its handler is made: one trace each."""
    url, process = serve(start, environment | {"PROJECT_CONFIGURE": where})
    get(f"{url}/order/1/")
    end(process)
    spans = {span.name: span for span in receiver.spans}
    request = spans["GET order/<int:number>/"]
    query = spans["SELECT"]
    assert request.kind == "SERVER"
    assert request.attributes["http.response.status_code"] == 200
    assert query.parent_span_id == request.span_id
    assert [event.name for event in request.events] == ["shop.ordered"]
    line = next(r for r in receiver.logs if r.scope == "project.views")
    assert (line.trace_id, line.span_id) == (request.trace_id, request.span_id)
    assert line.body == "ordered 1 for [email]"
    store = receiver.store
    labels = {"method": "GET", "endpoint": "order/<int:number>/", "status": "200"}
    assert store.total("http_requests_total", **labels) == 1
    assert store.total("http_request_duration_seconds", **labels) == 1
    assert store.total("database_query_duration_seconds", query_type="select") == 1
    assert store.total("labotel_faults_total") == 0


def test_a_failing_view_is_an_error_span_with_a_scrubbed_text(
    receiver: Receiver, environment: dict[str, str], start: Start
) -> None:
    """What a view raises stands on its span and its log line, without the address in it."""
    url, process = serve(start, environment)
    get(f"{url}/fail/")
    get(f"{url}/no-such-path/someone@example.org")
    end(process)
    span = next(s for s in receiver.spans if s.name == "GET fail/")
    assert span.status == "ERROR"
    assert span.status_message == "ValueError: no such thing: [email]"
    assert [event.name for event in span.events] == ["exception"]
    line = next(r for r in receiver.logs if r.scope == "django.request" and r.severity_number == 17)
    assert line.trace_id == span.trace_id
    assert line.attributes["exception.type"] == "ValueError"
    assert "Traceback" in line.attributes["exception.stacktrace"]
    assert receiver.store.total("http_requests_total", status="500") == 1
    assert receiver.store.total("http_requests_total", endpoint="unmatched", status="404") == 1
    everything = repr([receiver.spans, receiver.logs, receiver.points])
    assert "someone@example.org" not in everything


@pytest.mark.parametrize("options", [("--preload",), ()])
def test_counts_are_exact_over_workers(
    receiver: Receiver, environment: dict[str, str], start: Start, options: tuple[str, ...]
) -> None:
    """Four workers, forked from a loaded master or not: 40 orders are 40, in every signal."""
    url, process = serve(start, environment, "--workers", "4", *options)
    order(url, 40)
    end(process)
    assert receiver.store.total("orders_total") == 40
    assert receiver.store.total("http_requests_total") == 40
    assert len([r for r in receiver.logs if r.event_name == "shop.ordered"]) == 40
    assert len([s for s in receiver.spans if s.kind == "SERVER"]) == 40
    assert len(receiver.store.identities("orders_total")) <= 5


def test_a_busy_master_and_its_workers_are_added_up(
    receiver: Receiver, environment: dict[str, str], start: Start
) -> None:
    """Ten said in the preloading master and two in its workers are twelve."""
    env = environment | {"PROJECT_MASTER": "10"}
    url, process = serve(start, env, "--workers", "2", "--preload")
    order(url, 2)
    end(process)
    assert receiver.store.total("orders_total") == 12
    assert receiver.store.total("orders_total", size="large") == 10


def test_recycled_workers_lose_nothing(
    receiver: Receiver, environment: dict[str, str], start: Start
) -> None:
    """Workers that end after five requests hand on what they counted and said."""
    url, process = serve(start, environment, "--workers", "2", "--max-requests", "5", "--preload")
    order(url, 30)
    end(process)
    assert receiver.store.total("orders_total") == 30
    assert len([s for s in receiver.spans if s.kind == "SERVER"]) == 30
    assert len(receiver.store.identities("orders_total")) <= 6


def test_a_reload_goes_on_counting(
    receiver: Receiver, environment: dict[str, str], start: Start
) -> None:
    """SIGHUP replaces all workers: the sum goes on."""
    url, process = serve(start, environment, "--workers", "2")
    order(url, 10)
    ready = Path(environment["LABOTEL_RUNTIME_DIR"] + "-ready")
    process.send_signal(signal.SIGHUP)
    assert wait_until(lambda: len(list(ready.glob("*"))) >= 4, 30)
    order(url, 10)
    end(process)
    assert receiver.store.total("orders_total") == 20


def samples(page: str, name: str) -> float:
    """Return the sum of a metric's samples on a page."""
    lines = [line for line in page.splitlines() if line.startswith(name)]
    return sum(float(line.rsplit(" ", 1)[1]) for line in lines)


def test_the_metrics_page_never_goes_back(
    receiver: Receiver, environment: dict[str, str], start: Start
) -> None:
    """Asked of whichever worker answers, the page is the sum over all, and only grows."""
    url, process = serve(start, environment, "--workers", "4", "--preload")
    seen = [0.0]
    for number in range(24):
        get(f"{url}/order/{number}/")
        seen.append(samples(get(f"{url}/metrics"), "orders_total{"))
    assert seen == sorted(seen)
    assert receiver.store.wait_for(lambda: receiver.store.total("orders_total") == 24, 10)
    final = [samples(get(f"{url}/metrics"), "orders_total{") for _ in range(8)]
    end(process)
    assert final == [24.0] * 8


def test_the_metrics_page_has_the_recycled_workers_too(
    environment: dict[str, str], start: Start
) -> None:
    """Each worker ends after five requests, under load: the page has every order, in both forms."""
    url, process = serve(start, environment, "--workers", "2", "--max-requests", "5")
    with ThreadPoolExecutor(4) as pool:
        workers = set(pool.map(lambda n: get(f"{url}/order/{n}/"), range(60)))
    for accept in FORMATS:
        # A worker that ends may take an instant for its last file.
        def total(accept: str = accept) -> float:
            page = Page.read(accept, get(f"{url}/metrics", {"Accept": accept}))
            return page.total("orders_total")

        assert wait_until(lambda: total() >= 60, 20)
        assert [total() for _ in range(12)] == [60] * 12
    end(process)
    assert len(workers) >= 60 // 5 - 2


def test_the_metrics_page_is_openmetrics_with_exemplars(
    environment: dict[str, str], start: Start
) -> None:
    """prometheus_client's own strict parser reads the page; exemplars name a trace."""
    from prometheus_client.openmetrics.parser import text_string_to_metric_families

    url, process = serve(start, environment)
    for number in range(3):
        get(f"{url}/order/{number}/")
    page = get(f"{url}/metrics", {"Accept": "application/openmetrics-text; version=1.0.0"})
    end(process)
    families = {family.name: family for family in text_string_to_metric_families(page)}
    sample = next(s for s in families["orders"].samples if s.labels == {"size": "small"})
    assert sample.value == 3
    assert sample.exemplar is not None
    assert len(sample.exemplar.labels["trace_id"]) == 32
    assert families["http_request_duration_seconds"].type == "histogram"


def test_the_metrics_page_is_closed_unless_opened(
    environment: dict[str, str], start: Start, tmp_path: Path
) -> None:
    """By default a stranger gets no detail; the log says which setting opens the page."""
    closed = environment | {"LABOTEL_METRICS_TOKEN": "sesame", "LABOTEL_METRICS_ACCESS": "token"}
    url, process = serve(start, closed)
    assert get(f"{url}/metrics") == "forbidden\n"
    assert get(f"{url}/metrics", {"Authorization": "Bearer wrong"}) == "forbidden\n"
    page = get(f"{url}/metrics", {"Authorization": "Bearer sesame"})
    end(process)
    assert "# TYPE" in page
    assert "LABOTEL_METRICS_TOKEN" in (tmp_path / "process-0.log").read_text()
