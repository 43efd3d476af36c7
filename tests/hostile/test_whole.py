"""Whatever an application hands over, through every public call and over the whole path."""

import json

import pytest

from labotel.viewer.receiver import Receiver
from running import command

CASES = 10_000


@pytest.mark.timeout(600)
def test_nothing_raises_and_nothing_valid_is_lost(
    receiver: Receiver, environment: dict[str, str]
) -> None:
    """10,000 cases: each hands hostile values over, and says one valid event, line and number.

    Events, timed work, lines of the standard logging (also made by hand), records of the logs API,
    spans, the application's instruments, gauges' suppliers. On the way and at the end all is
    drained, encoded, sent, decoded by the generated classes, written to the slot and read back,
    and rendered as both texts of the page, which are parsed. What was invalid is counted.
    """
    environment["OTEL_METRIC_EXPORT_INTERVAL"] = "5000"
    out = command("-m", "hostile.whole", str(CASES), env=environment, timeout=500)
    said = json.loads(out)
    store = receiver.store
    assert said["cases"] >= CASES
    assert set(receiver.stats["refused"].values()) == {0}
    assert store.total("t_witness_total") == said["witness"]
    assert store.total("app_witness") == said["cases"]
    assert store.total("t_good_current") == 5
    emitted = store.total("labotel_events_emitted_total")
    rejected = store.total("labotel_events_rejected_total")
    assert emitted + rejected == said["emit"] + said["done"] + said["witness"]
    assert store.total("labotel_events_rejected_total", event="t.done") == said["refused"]
    assert store.total("t_done_seconds") == said["done"] - said["refused"]
    # A gauge's supplier and the SDK's own calls are all that may fail; nothing is lost by it.
    faults = {p.attributes["where"] for p in store.points if p.name == "labotel_faults_total"}
    assert faults <= {"instrument", "span", "gauge_t_queue_current"}
    assert store.total("labotel_dropped_total", signal="logs") == 0
    assert store.total("labotel_dropped_total", signal="traces") == 0
    assert store.total("labotel_exported_total", signal="logs") == (
        said["lines"] + said["records"] + emitted
    )
    assert store.total("labotel_exported_total", signal="traces") == said["spans"] + said["work"]
    for name in ("values_replaced", "measurements_refused", "events_rejected"):
        assert store.total(f"labotel_{name}_total") > 0
