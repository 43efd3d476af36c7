"""The SDK imported and set up by hand: `python -m benchmarks.by_hand.start [frameworks]`."""

from benchmarks.workload import starting


def start() -> None:
    """Import the SDK and its OTLP/HTTP exporters, and set up the three providers."""
    from benchmarks.by_hand.sdk import Sdk

    Sdk()


if __name__ == "__main__":
    starting.run(start)
