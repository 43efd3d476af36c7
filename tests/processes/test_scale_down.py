"""A scale-down keeps the sum: who is gone is exported by who is left, under its own identity."""

import time
from collections import Counter

import pytest

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


COMMAND = "order(3); labotel.shutdown()"
"""What runs once, and is gone."""


def _said_after(receiver: Receiver, service: str, end: int) -> float:
    """The sum of a service's points that were exported after its end."""
    points = [p for p in receiver.points if p.name == "orders_total" and p.time_ns > end]
    return sum(p.value or 0 for p in points if p.resource["service.name"] == service)


@pytest.mark.parametrize(("namespace", "there"), [("shop", 3), ("another", 0)])
def test_a_command_that_is_gone(
    namespace: str, there: int, receiver: Receiver, environment: dict[str, str]
) -> None:
    """What it counted is exported on by the other services of its namespace, and by no others."""
    command = {
        "OTEL_SERVICE_NAME": "commands",
        "OTEL_RESOURCE_ATTRIBUTES": f"service.namespace={namespace},team=histology",
    }
    run(COMMAND, environment | command)
    run(COMMAND, environment | command)
    end = time.time_ns()
    web = {"OTEL_SERVICE_NAME": "web", "OTEL_RESOURCE_ATTRIBUTES": "service.namespace=shop"}
    run("order(1); time.sleep(1.2); labotel.shutdown()", environment | web)
    assert _said_after(receiver, "web", end) == 1
    assert _said_after(receiver, "commands", end) == 2 * there
    of_commands = [p for p in receiver.points if p.resource["service.name"] == "commands"]
    assert {p.resource["team"] for p in of_commands} == {"histology"}
    # Two commands after one another had one slot, and so one series of each label set.
    assert len({p.resource["service.instance.id"] for p in of_commands}) == 1


WEB = """
import labotel, time
from project.telemetry import Ordered, catalog
labotel.configure(catalogs=[catalog])
labotel.emit(Ordered(size="small", order_id=1))
time.sleep(1)
labotel.shutdown()
"""


def test_a_service_that_lives_is_exported_by_itself(environment: dict[str, str]) -> None:
    """It holds its lease: another service of its namespace, however busy, leaves it alone."""
    with Receiver(keep_history=True) as receiver:
        run(
            f"""
            import subprocess
            order(3)
            assert labotel.flush(5)
            web = dict(os.environ, OTEL_SERVICE_NAME="web", OTEL_METRIC_EXPORT_INTERVAL="200")
            subprocess.run([sys.executable, "-c", {WEB!r}], env=web, check=True)
            labotel.shutdown()
            """,
            environment
            | {
                "OTEL_EXPORTER_OTLP_ENDPOINT": receiver.endpoint,
                "OTEL_RESOURCE_ATTRIBUTES": "service.namespace=shop",
                "OTEL_METRIC_EXPORT_INTERVAL": "60000",
            },
        )
        points = receiver.store.history("orders_total")
    small = [p for p in points if p.attributes == {"size": "small"} and p.value]
    services = Counter(p.resource["service.name"] for p in small)
    assert services["web"] > 2  # its own exports
    assert services["project"] == 2  # the flush and the shutdown
