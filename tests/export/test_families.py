"""Families: one name is one family, whatever an application calls its own."""

import json
import textwrap

from prometheus_client import Metric as Family

from asking import ASK
from labotel.export.families import merged
from metrics_page import OPENMETRICS, Page
from running import run

from .conftest import Told


def test_an_application_may_say_names_that_are_taken(told: Told) -> None:
    """Its instruments of declared names, of a histogram's series, of two libraries: one family.

    What is declared stays; what clashes is left out and said; equal ones are added up.
    """
    plain, metrics, lines = told(
        """
        import logging
        kept = []
        class Keep(logging.Handler):
            def emit(self, record): kept.append(record.getMessage())
        logging.getLogger("labotel").addHandler(Keep())
        from typing import Annotated
        import labotel
        class Said(labotel.Event, name="said"):
            took: Annotated[float, labotel.Histogram("took_seconds", by=(), buckets=(1, 2))]
        from opentelemetry import metrics
        first, second = metrics.get_meter("first"), metrics.get_meter("second")
        order(5)
        labotel.emit(Said(took=1.5))
        first.create_counter("orders").add(100)
        first.create_up_down_counter("orders_total").add(100)
        first.create_up_down_counter("took_seconds_count").add(100)
        first.create_counter("took_seconds_sum").add(100)
        first.create_histogram("took_seconds").record(100)
        for meter in (first, second):
            meter.create_counter("hits", description="same").add(3, {"kind": "a"})
            meter.create_counter("misses", description=meter.name).add(3, {"kind": "a"})
            meter.create_histogram("size", unit="By").record(3)
            meter.create_gauge("level").set(3)
        first.create_counter("odd").add(1, {"kind": "a\\ud800b"})
        first.create_counter("mine").add(1)
        texts = [ask(), ask(OPENMETRICS)]
        present().pipeline.tally.speak()
        print(json.dumps([*texts, kept]))
        """
    )
    for accept, text in ("text/plain", plain), (OPENMETRICS, metrics):
        page = Page.read(accept, text)
        assert page.total("orders_total") == 5
        assert page.families["took_seconds"].type == "histogram"
        assert (page.total("took_seconds"), page.sum("took_seconds")) == (1, 1.5)
        assert page.families.keys() & {"orders", "took_seconds_count", "took_seconds_sum"} == set()
        assert page.total("hits_total") == page.total("misses_total") == 6
        assert (page.total("size_bytes"), page.sum("size_bytes")) == (2, 6)
        assert page.total("level") == 3
        assert page.values("odd_total", "kind") == {"a?b"}
        assert page.total("mine_total") == 1
        names = [line.split()[2] for line in text.splitlines() if line.startswith("# TYPE")]
        assert len(names) == len(set(names))
        samples = [line.rsplit(" #")[0].rsplit(" ", 1)[0] for line in text.splitlines()
                   if not line.startswith("#")]  # fmt: skip
        assert len(samples) == len(set(samples))
    assert any("took_seconds_count is not on the page" in line for line in lines)


def test_declared_names_that_openmetrics_takes_for_one(environment: dict[str, str]) -> None:
    """A gauge `x` beside a counter `x_total`, a gauge `y_count` beside a histogram `y`.

    The page has one of each pair, in both forms, and the log says which is missing.
    """
    body = """
    import logging
    kept = []
    class Keep(logging.Handler):
        def emit(self, record): kept.append(record.getMessage())
    logging.getLogger("labotel").addHandler(Keep())
    from typing import Annotated
    class Said(labotel.Event, name="said", instruments=(labotel.Counter("x_total", by=()),)):
        took: Annotated[float, labotel.Histogram("y", by=(), buckets=(1, 4))]
    gauges = [labotel.Gauge("x"), labotel.Gauge("y_count")]
    for gauge in gauges:
        labotel.gauge(gauge)(lambda: 4)
    labotel.shutdown()
    labotel.configure(catalogs=[catalog, labotel.Catalog("own", events=[Said], gauges=gauges)])
    """
    asked = """
    labotel.emit(Said(took=3.0))
    assert labotel.flush(20)
    texts = [ask(), ask(OPENMETRICS)]
    present().pipeline.tally.speak()
    print(json.dumps([*texts, kept]))
    """
    script = textwrap.dedent(body) + ASK + textwrap.dedent(asked)
    plain, metrics, lines = json.loads(run(script, environment))
    for accept, text in ("text/plain", plain), (OPENMETRICS, metrics):
        page = Page.read(accept, text)
        assert len(page.families.keys() & {"x", "x_total"}) == 1
        assert page.buckets("y") == {1: 0, 4: 1, float("inf"): 1}
        assert "y_count" not in page.families
    assert sum("is not on the page" in line for line in lines) == 2


def test_what_a_provider_of_the_applications_own_holds_is_scrubbed_on_the_page() -> None:
    """Nobody scrubbed it before: series that leave as one are added up, bounds stay."""
    family = Family("hits", "of ada@example.org", "counter")
    for to, n in ("ada@example.org", 1), ("eve@example.org", 2):
        family.add_sample("hits_total", {"to": to, "le": "0.5"}, n)
    (made,) = merged([family])
    assert made.documentation == "of [email]"
    assert [(s.labels, s.value) for s in made.samples] == [({"to": "[email]", "le": "0.5"}, 3)]
