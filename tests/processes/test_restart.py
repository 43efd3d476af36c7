"""Exact over restarts: whoever takes a slot carries its totals on."""

import pytest

from labotel.viewer.receiver import Receiver
from running import run


def test_a_restarted_process_goes_on_counting(
    receiver: Receiver, environment: dict[str, str]
) -> None:
    """Three runs of one process make one series, which never goes back."""
    for _ in range(3):
        run("order(4)", environment)
    assert receiver.store.total("orders_total", size="small") == 12
    points = [p for p in receiver.points if p.name == "orders_total"]
    assert {p.attributes["size"] for p in points} == {"small", "large"}
    assert len({p.resource["service.instance.id"] for p in points}) == 1
    assert len({p.start_ns for p in points}) == 1


def test_a_killed_process_loses_what_its_slot_has_not_yet(
    receiver: Receiver, environment: dict[str, str]
) -> None:
    """The slot is written while a process runs: what is in it outlives SIGKILL."""
    run(
        """
        import pathlib, signal
        slots = pathlib.Path(os.environ["LABOTEL_RUNTIME_DIR"])
        pid = os.fork()
        if pid == 0:
            order(7)
            until = time.monotonic() + 20
            while time.monotonic() < until:
                if any(",7," in s.read_text() for s in slots.glob("*/slot-*.json")):
                    break
                time.sleep(0.05)
            os.kill(os.getpid(), signal.SIGKILL)
        os.waitpid(pid, 0)
        order(1)
        """,
        environment,
    )
    assert receiver.store.total("orders_total") == 8


def test_two_services_keep_their_slots_apart(
    receiver: Receiver, environment: dict[str, str]
) -> None:
    """Slots are numbered for each service.name: nothing is carried from one to the other."""
    run("order(2)", environment | {"OTEL_SERVICE_NAME": "web"})
    run("order(3)", environment | {"OTEL_SERVICE_NAME": "worker"})
    by_service = {
        point.resource["service.name"]: point.value
        for point in receiver.points
        if point.name == "orders_total" and point.attributes["size"] == "small"
    }
    assert by_service == {"web": 2, "worker": 3}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("service.namespace=lab", "service.namespace=shop"),
        ("service.namespace=lab", ""),
        ("deployment.environment.name=staging", "deployment.environment.name=production"),
    ],
)
def test_one_name_in_two_deployments_is_two_services(
    one: str, other: str, receiver: Receiver, environment: dict[str, str]
) -> None:
    """Two applications, or staging and production, of one user on one host: nothing is carried."""
    run("order(2)", environment | {"OTEL_RESOURCE_ATTRIBUTES": one})
    run("order(3)", environment | {"OTEL_RESOURCE_ATTRIBUTES": other})
    points = [
        point
        for point in receiver.points
        if point.name == "orders_total" and point.attributes["size"] == "small"
    ]
    assert sorted(point.value for point in points) == [2, 3]
    assert len({point.resource["service.instance.id"] for point in points}) == 2


def test_a_dead_receiver_holds_nothing_up(environment: dict[str, str]) -> None:
    """Nothing raises, nothing waits; the end comes within its deadline and leaves the rest."""
    out = run(
        """
        start = time.monotonic()
        order(100)
        said = time.monotonic() - start
        ok = labotel.shutdown(timeout=2)
        print(ok, said < 0.5, time.monotonic() - start < 2.5)
        """,
        environment | {"OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:9"},
    )
    assert out.split() == ["False", "True", "True"]


def test_what_could_not_be_sent_is_sent_by_the_next(
    receiver: Receiver, environment: dict[str, str]
) -> None:
    """Records and spans of a run without a receiver arrive when the service runs again."""
    run("order(3)", environment | {"OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:9"})
    assert not receiver.logs
    run("order(1)", environment)
    assert len([r for r in receiver.logs if r.event_name == "shop.ordered"]) == 4
    assert receiver.store.total("orders_total") == 4
