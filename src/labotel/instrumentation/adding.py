"""Adding to a counter by hand, and saying who did: whatever framework the page belongs to."""

from labotel.catalogs.increments import CounterIncremented
from labotel.events.dispatch import tell
from labotel.instrumentation.pages import Pages
from labotel.pages.increment import Increment


def added(page: Pages, made: Increment, by: str) -> Increment:
    """Add what was judged, with a line in the log: of whom, the request's actor says."""
    page.increments.add(made)
    tell(CounterIncremented(series=made.series, amount=float(made.amount), by=by))
    return made
