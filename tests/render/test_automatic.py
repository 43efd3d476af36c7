"""A catalogue that nobody drew has a dashboard for each area, by what its instruments are."""

from typing import Annotated, Literal

from labotel import Catalog, Counter, Event, Gauge, Histogram, UpDownCounter
from labotel.events.panels import Panel, Row
from labotel.render.automatic import dashboards


class Loaded(
    Event, name="harbour.ship.loaded", instruments=(Counter("ships_loaded_total", by=("kind",)),)
):
    """A ship was loaded.

    It lies deep.
    """

    kind: Literal["bulk", "tanker"]
    took: Annotated[float, Histogram("ship_loading_seconds", by=())]


class Moored(Event, name="harbour.ship.moored", span=False):
    """A ship lies at a berth, or left it."""

    change: Annotated[int, UpDownCounter("ships_moored", by=())]


class Blown(Event, name="harbour.wind.blown", log=False, span=False):
    """Wind blew."""

    amount: Annotated[int, Counter("wind_blown_meters_total", by=())]


CATALOG = Catalog(
    "harbour",
    events=[Loaded, Moored, Blown],
    gauges=[
        Gauge("ships_waiting", by={"kind": Literal["bulk", "tanker"]}, description="Outside."),
        Gauge("cranes_busy", scope="process"),
        Gauge("wind_speed_percent", scope="host"),
    ],
)
DRAWN = {dashboard.title: dashboard for dashboard in dashboards(CATALOG)}


def panel(dashboard: str, title: str) -> Panel:
    """Return the one panel of a title."""
    [found] = [p for p in DRAWN[dashboard].panels if isinstance(p, Panel) and p.title == title]
    return found


def test_each_area_has_a_dashboard() -> None:
    """The second word of an event's name; a gauge is of the area that its name holds."""
    assert list(DRAWN) == ["Harbour: ship", "Harbour: wind", "Harbour"]
    assert [p.title for p in DRAWN["Harbour: ship"].panels] == [
        "Now", "Ships waiting",
        "harbour.ship.loaded", "Ships loaded", "Ships loaded a second", "Ship loading seconds",
        "Ship loading seconds: distribution",
        "harbour.ship.moored", "Ships moored",
        "What was said", "Lines", "Slowest traces",
    ]  # fmt: skip
    assert [p.title for p in DRAWN["Harbour"].panels] == ["Now", "Cranes busy"]
    assert {p.title for p in DRAWN["Harbour: wind"].panels if isinstance(p, Row)} == {
        "Now", "harbour.wind.blown",
    }  # fmt: skip


def test_a_counter_is_its_exact_number_and_its_rate() -> None:
    """`anchored`, as the plain increase extrapolates."""
    number = panel("Harbour: ship", "Ships loaded")
    assert number.kind == "stat"
    assert number.asked[0].expression == "sum(increase(ships_loaded_total[$__range] anchored))"
    rate = panel("Harbour: ship", "Ships loaded a second").asked[0]
    assert rate.expression == "sum by (kind) (rate(ships_loaded_total[$__rate_interval]))"
    assert rate.legend == "{{kind}}"


def test_a_histogram_is_quantiles_and_a_heat_map() -> None:
    """Of the raw buckets, in its unit."""
    lines = panel("Harbour: ship", "Ship loading seconds")
    assert lines.unit == "s" and [query.legend for query in lines.asked] == ["p99", "p95", "p50"]
    assert lines.asked[1].expression == (
        "histogram_quantile(0.95, sum by (le)"
        " (rate(ship_loading_seconds_bucket[$__rate_interval])))"
    )
    assert panel("Harbour: ship", "Ship loading seconds: distribution").kind == "heatmap"


def test_a_gauge_is_one_value_however_many_read_it() -> None:
    """That of a service and of a host the largest; processes are added up."""
    said = {
        title: panel(dashboard, title).asked[0].expression
        for dashboard, title in (
            ("Harbour: ship", "Ships waiting"), ("Harbour", "Cranes busy"),
            ("Harbour: wind", "Wind speed percent"),
        )
    }  # fmt: skip
    assert said == {
        "Ships waiting": "max by (kind) (ships_waiting)",
        "Cranes busy": "sum (cranes_busy)",
        "Wind speed percent": "max (wind_speed_percent)",
    }
    assert panel("Harbour: wind", "Wind speed percent").unit == "percent"


def test_its_lines_and_traces_are_those_of_its_events() -> None:
    """But for those that say none."""
    lines = panel("Harbour: ship", "Lines").asked[0].expression
    assert lines == '{service_name=~".+"} | event_name=~"harbour.ship.loaded|harbour.ship.moored"'
    traces = panel("Harbour: ship", "Slowest traces").asked[0].expression
    assert traces == '{ event:name =~ "harbour.ship.loaded" }'
