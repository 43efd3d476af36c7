"""The page of a process: the sum over all slots of the host, and always an answer."""

import json
import textwrap
from typing import Any

import pytest

from asking import ASK
from metrics_page import FORMATS, OPENMETRICS, Page
from running import run

from .conftest import Told


def test_the_forms_of_the_page(told: Told) -> None:
    """By the Accept header; one version of each form, and nothing of the header in the answer.

    `text/plain; version=0.0.4` is Prometheus's name for its text, and the other OpenMetrics' own.
    """
    accepted = [
        "", "*/*", "text/plain", "text/html,*/*;q=0.8", "text/plain,application/openmetrics-text",
        "application/openmetrics-text", "application/openmetrics-text;version=1.0.0;q=0.5,*/*",
        "application/openmetrics-text;version=x.y", "application/openmetrics-text;version=9\x0b",
        "APPLICATION/OPENMETRICS-TEXT; version=0.0.1", "application/openmetrics-text;escaping=zz",
    ]  # fmt: skip
    types = told(f"print(json.dumps([page.render(a)[0] for a in {accepted!r}]))")
    text = "text/plain; version=0.0.4; charset=utf-8"
    metrics = "application/openmetrics-text; version=1.0.0; charset=utf-8"
    assert types == [text] * 5 + [metrics] * 6


def test_ended_processes_are_in_the_sum(told: Told) -> None:
    """Forty children one after another, and eight at once: each order is there, in both forms."""
    texts = told(
        """
        order(1)
        for round in ([1] * 40, [8]):
            for number in round:
                pids = []
                for _ in range(number):
                    pid = os.fork()
                    if pid == 0:
                        order(3)
                        sys.exit(0)
                    pids.append(pid)
                for pid in pids:
                    assert os.waitpid(pid, 0)[1] == 0
        print(json.dumps([ask("text/plain"), ask(OPENMETRICS)]))
        """
    )
    for accept, text in zip(FORMATS, texts, strict=True):
        assert Page.read(accept, text).total("orders_total") == 1 + 3 * 48


def test_eight_threads_ask_while_children_come_and_go(told: Told) -> None:
    """Each answer parses, none says less than the one before it, and there is no fault."""
    texts, found, children = told(
        """
        from opentelemetry import metrics
        own = metrics.get_meter("app").create_counter("own")
        own.add(7)
        order(10)
        texts, ended = [[] for _ in range(8)], []
        def work(kept):
            for _ in range(12):
                kept.append(ask(OPENMETRICS))
        threads = [threading.Thread(target=work, args=(kept,)) for kept in texts]
        [t.start() for t in threads]
        while any(t.is_alive() for t in threads):
            pid = os.fork()
            if pid == 0:
                order(1)
                ask()
                sys.exit(0)
            ended.append(os.waitpid(pid, 0)[1])
        [t.join() for t in threads]
        assert not any(ended), ended
        texts.append([ask(OPENMETRICS)])
        print(json.dumps([texts, faults(), len(ended)]))
        """
    )
    last = 0.0
    for kept in texts:
        pages = [Page.read(OPENMETRICS, text) for text in kept]
        totals = [page.total("orders_total") for page in pages]
        assert totals == sorted(totals) and totals[0] >= 10
        assert {page.total("own_total") for page in pages} == {7}
        last = totals[-1]
    assert last == 10 + children
    assert found == {}


def test_an_applications_own_are_asked_by_one_at_a_time(told: Told) -> None:
    """Each answer collects them: of eight at once none has another's numbers besides its own."""
    assert told(
        """
        from labotel.signals.cells import Meter
        from opentelemetry import metrics
        from opentelemetry.exporter import prometheus
        metrics.get_meter("app").create_counter("own").add(7)
        page.total = Meter  # nothing else is collected here
        add = prometheus._CustomCollector.add_metrics_data
        def slowly(*given):
            add(*given)
            time.sleep(0.01)  # so that others come meanwhile, as they do once in some hundred times
        prometheus._CustomCollector.add_metrics_data = slowly
        seen = set()
        def work():
            for _ in range(5):
                lines = [line for line in ask().splitlines() if line.startswith("own_total")]
                seen.add((len(lines), sum(float(line.rsplit(" ", 1)[1]) for line in lines)))
        threads = [threading.Thread(target=work) for _ in range(8)]
        [t.start() for t in threads]
        [t.join() for t in threads]
        print(json.dumps(sorted(seen)))
        """
    ) == [[1, 7]]


def one(name: str, kind: str, series: Any, bounds: Any = (), description: Any = "") -> bytes:
    """A slot's file with one metric."""
    metric = {"name": name, "kind": kind, "unit": "", "description": description, "labels": [],
              "bounds": bounds, "series": series}  # fmt: skip
    return json.dumps({"version": 1, "metrics": [metric]}).encode()


DAMAGED = [
    b"", b"{", b"null", b"[]", b"\xff\xfe", b'{"version":1}', b'{"version":99,"metrics":[]}',
    b"[" * 100_000,
    one("x", "sundial", [[[], 1, 0, 1, None]]),
    one("x", "counter", [[[], 1, 0, 1, None]], description=7),
    one("x", "histogram", [], bounds=["a"]),
    one("x_total", "counter", [[[], 1, 0, 1, ["a", 1, "1", "1"]]]),
]  # fmt: skip


def test_a_damaged_file_costs_itself_alone(told: Told) -> None:
    """Whatever stands in another slot's file; it is counted as a fault."""
    results = told(
        f"""
        order(5)
        ask()
        results = []
        (own,) = folder.glob("*/slot-*.json")
        for text in {DAMAGED!r}:
            own.with_name("slot-7.json").write_bytes(text)
            results.append([ask(), ask(OPENMETRICS)])
        print(json.dumps([results, faults()]))
        """
    )
    texts, found = results
    for plain, metrics in texts:
        assert Page.read("text/plain", plain).total("orders_total") == 5
        assert Page.read(OPENMETRICS, metrics).total("orders_total") == 5
    # Two questions for each file; `faults` looked once more, and counts what was before it.
    assert 2 * len(DAMAGED) <= found["page_slot"] <= 2 * len(DAMAGED) + 1
    assert found.keys() == {"page_slot"}


def test_a_name_that_is_none_costs_its_metric(told: Told) -> None:
    """A file may read well and still hold what no page can show."""
    text, found = told(
        f"""
        order(5)
        ask()
        (own,) = folder.glob("*/slot-*.json")
        own.with_name("slot-7.json").write_bytes({one("", "counter", [[[], 1, 0, 1, None]])!r})
        print(json.dumps([ask(OPENMETRICS), faults()]))
        """
    )
    assert Page.read(OPENMETRICS, text).total("orders_total") == 5
    assert found == {"page_metric": 1}


def test_any_byte_of_a_file_may_be_another(told: Told) -> None:
    """Ten thousand files, each with three bytes changed: there is always a page."""
    assert (
        told(
            """
        import random
        from opentelemetry import trace
        with trace.get_tracer("app").start_as_current_span("x"):
            order(5)
        ask()
        dice = random.Random(7)
        from labotel.export import snapshot
        whole = snapshot.dump(m for m in page.total() if m.name.startswith(("orders", "labotel")))
        texts = []
        for _ in range(10_000):
            text = bytearray(whole)
            for _ in range(3):
                text[dice.randrange(len(text))] = dice.randrange(256)
            texts.append(bytes(text))
        page._files = lambda folder: [(7, texts.pop(), True)]
        count = 0
        while texts:
            kind, body = page.render(OPENMETRICS)
            count += body.endswith(b"# EOF\\n") and b"orders" in body
        print(count)
        """,
            LABOTEL_INSTRUMENT="logging",  # a page of what the file has, and of little else
        )
        == 10_000
    )


@pytest.mark.parametrize(
    "loss",
    [
        "shutil.rmtree(folder)",
        "shutil.rmtree(folder); folder.write_text('no folder')",
        "[p.unlink() for p in folder.glob('*/slot-*')]",
        "[p.unlink() or p.mkdir() for p in folder.glob('*/slot-*.json')]",
        "[p.write_bytes(b'damaged') for p in folder.glob('*/slot-*.json')]",
        "[p.unlink() or p.mkdir() for p in folder.glob('*/slots.lock')]",
    ],
)
def test_a_process_knows_its_own_numbers_whatever_becomes_of_its_folder(
    told: Told, loss: str
) -> None:
    """Gone, a file in its place, its slot's file gone or damaged: its own are on its page."""
    texts = told(
        f"""
        order(5)
        ask()
        {loss}
        first = [ask(), ask(OPENMETRICS)]
        order(2)
        print(json.dumps([*first, ask(), ask(OPENMETRICS)]))
        """
    )
    for accept, text, total in zip([*FORMATS, *FORMATS], texts, (5, 5, 7, 7), strict=True):
        assert Page.read(accept, text).total("orders_total") == total


def test_no_place_to_meet_gives_the_process_alone(environment: dict[str, str]) -> None:
    """Where no folder can be written, the page is this process's, read by threads at once."""
    texts = json.loads(
        run(
            ASK
            + textwrap.dedent("""
            stop = threading.Event()
            def talk():
                while not stop.is_set():
                    order(50)
            talker = threading.Thread(target=talk)
            talker.start()
            texts = [ask(OPENMETRICS) for _ in range(50)]
            stop.set()
            talker.join()
            print(json.dumps(texts))
            """),
            environment | {"LABOTEL_RUNTIME_DIR": "/proc/no-such-place"},
        )
    )
    totals = [Page.read(OPENMETRICS, text).total("orders_total") for text in texts]
    assert totals == sorted(totals)
