"""What labotel says and what other programs emit never have one name."""

from labotel.catalogs.builtin import BUILT_IN
from labotel.catalogs.foreign import FOREIGN


def test_no_series_of_labotels_is_called_as_another_programs() -> None:
    """A query over either would be over both."""
    own = {gauge.name for catalog in BUILT_IN for gauge in catalog.gauges}
    own |= {
        measure.instrument.name
        for catalog in BUILT_IN
        for event in catalog.events
        for measure in event._plan.measures
    }
    foreign = {name for one in FOREIGN for name in one.series}
    assert "system_load_average" in own
    assert "system_memory_usage_bytes" in foreign
    assert own & foreign == set()
