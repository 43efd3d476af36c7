"""labotel imported: `python -m benchmarks.with_labotel.start_import [frameworks]`."""

from benchmarks.workload import starting


def start() -> None:
    """Import labotel."""
    import labotel  # noqa: F401


if __name__ == "__main__":
    starting.run(start, threads=1)
