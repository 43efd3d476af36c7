"""Django requests that nothing observes: `python -m benchmarks.bare.request`."""

from benchmarks.workload import requesting
from benchmarks.workload.completed import Completed


def nothing() -> None:
    """Do nothing: there is nothing to export."""


if __name__ == "__main__":
    requesting.set_up_django()
    requesting.run(None, Completed, nothing, nothing, {})
