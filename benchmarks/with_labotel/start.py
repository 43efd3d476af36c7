"""labotel imported and configured: `python -m benchmarks.with_labotel.start [frameworks]`.

The catalogue is declared within, as an application's would be. No thread may have started.
"""

from benchmarks.workload import starting


def start() -> None:
    """Import labotel, declare an event, and configure."""
    import labotel
    from benchmarks.with_labotel.declared import catalog

    labotel.configure(service_name="bench", catalogs=[catalog], strict=False)


if __name__ == "__main__":
    starting.run(start, threads=1)
