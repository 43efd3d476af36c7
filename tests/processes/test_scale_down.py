"""A scale-down keeps the sum: who is gone is exported by who is left, under its own identity."""

from labotel.viewer.receiver import Receiver
from running import run

STALE_NS = 5 * 60 * 10**9
"""Prometheus forgets a series that was silent for 5 minutes (its lookback delta)."""


def test_eight_workers_of_which_four_go(receiver: Receiver, environment: dict[str, str]) -> None:
    """Ten minutes after four of eight ended, the sum of what is not stale is all that was said."""
    run(
        """
        import pathlib, types
        import labotel.export.exporter as exporter
        clock = pathlib.Path(os.environ["LABOTEL_RUNTIME_DIR"] + ".clock")
        clock.write_text("0")
        real = time
        exporter.time = types.SimpleNamespace(
            monotonic=real.monotonic, time_ns=lambda: real.time_ns() + int(clock.read_text())
        )
        def worker(stays):
            order(10)
            labotel.flush()
            real.sleep(3 if stays else 1)  # all eight live at once, so each has its own slot
            labotel.shutdown()
            os._exit(0)
        children = []
        for n in range(8):
            pid = os.fork()
            if pid == 0:
                worker(stays=n < 4)
            children.append(pid)
        [os.waitpid(pid, 0) for pid in children[4:]]
        clock.write_text(str(600 * 10**9))
        real.sleep(1.5)
        [os.waitpid(pid, 0) for pid in children[:4]]
        """,
        environment,
    )
    points = [p for p in receiver.points if p.name == "orders_total"]
    now = max(p.time_ns for p in points)
    fresh = [p for p in points if p.time_ns > now - STALE_NS]
    assert sum(p.value for p in fresh) == 80
    assert len({p.resource["service.instance.id"] for p in points}) == 8
    first = min(p.start_ns for p in points)
    assert now - first > STALE_NS
