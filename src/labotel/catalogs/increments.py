"""What labotel says of a counter that somebody added to by hand."""

from labotel.events.event import Event
from labotel.events.marks import Unbounded


class CounterIncremented(
    Event, name="labotel.counter.incremented", span=False, body="{amount} added to {series}"
):
    """Somebody added to a counter by the page, the admin or the command."""

    series: Unbounded[str]
    amount: Unbounded[float]
    by: Unbounded[str]
