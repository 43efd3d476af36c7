"""A day of the warehouses: what their people do, and what they count of it."""

import time

from systems.application import Application, Person
from systems.played import Played, Tally

CLERK, PASSWORD = "kofi", "a-long-password-of-kofi"
TRACKING = "CN-GH-77"
"""How each tracking number begins: no label may hold it."""


def play(application: Application) -> Played:
    """Play the day, and wait until Prometheus has all of it."""
    unseen = {"OTEL_SDK_DISABLED": "true"}
    application.manage("migrate", **unseen)
    application.manage(
        "createsuperuser", "--noinput", "--username", CLERK, "--email", "kofi@example.org",
        DJANGO_SUPERUSER_PASSWORD=PASSWORD, **unseen,
    )  # fmt: skip
    application.start_web()
    played = Played(application.pipeline, application, Tally(), since=time.time())
    person = application.person()
    assert person.sign_in("/login/", CLERK, PASSWORD).status_code == 200
    _goods(person, played.tally)
    _wrong(person, played.tally)
    application.manage("update_metrics")
    _broken(application, person, played.tally)
    played.tally.add("primepre_active_users", 1)
    # Of ten in China three wait; the three that were shipped are in Ghana, and none of them waits.
    played.tally.add("primepre_warehouse_utilization_percent", 100, warehouse="china")
    played.settle()
    return played


def _goods(person: Person, tally: Tally) -> None:
    """Receive six, process four, ship three by a workflow, deliver one."""
    numbers = []
    for number in range(6):
        said = {"tracking": f"{TRACKING}-{number}", "warehouse": "china"}
        answer = person.send("/api/goods/", said)
        assert answer.status_code == 201
        numbers.append(answer.json()["pk"])
        tally.add("primepre_goods_received_total", warehouse="china", status="received")
    for number in numbers[:4]:
        assert person.send(f"/api/goods/{number}/process/").status_code == 200
    tally.add("primepre_goods_processing_seconds", 4, warehouse="china", operation="process")
    assert person.send(f"/api/goods/{numbers[0]}/ship/").status_code == 200
    assert person.send("/api/workflows/ship_waiting/").json() == {"goods": 3}
    tally.add("primepre_goods_processing_seconds", 4, warehouse="china", operation="ship")
    tally.add("primepre_goods_received_total", 4, warehouse="ghana", status="shipped")
    assert person.send("/api/workflows/deliver_arrived/").json() == {"goods": 4}
    tally.add("primepre_goods_processing_seconds", 4, warehouse="ghana", operation="deliver")
    for workflow in ("ship_waiting", "deliver_arrived"):
        tally.add("primepre_workflow_executions_total", workflow_name=workflow, status="success")
    assert person.get(f"/api/goods/{numbers[0]}/").json()["status"] == "delivered"


def _wrong(person: Person, tally: Tally) -> None:
    """What is refused, and is an error of the client's."""
    for path, said, status in (
        ("/api/goods/", {"tracking": "x", "warehouse": "mars"}, 400),
        ("/api/goods/", {"tracking": f"{TRACKING}-0", "warehouse": "china"}, 409),
        ("/api/goods/1/process/", {}, 409),
        ("/api/goods/99/process/", {}, 404),
        ("/api/workflows/nonsense/", {}, 404),
    ):
        assert person.send(path, said).status_code == status
    tally.add("primepre_api_errors_total", 2, endpoint="goods-receive", error_type="client_error")
    tally.add("primepre_api_errors_total", 2, endpoint="goods-operate", error_type="client_error")
    tally.add("primepre_api_errors_total", endpoint="workflow-run", error_type="client_error")
    # Tried, and not done: it has a duration all the same.
    tally.add("primepre_goods_processing_seconds", warehouse="ghana", operation="process")


def _broken(application: Application, person: Person, tally: Tally) -> None:
    """A table is gone for a while: the API answers 500."""
    for name, away in (("goods_goods", "goods_away"), ("goods_away", "goods_goods")):
        renamed = (
            "import sqlite3; "
            f"c = sqlite3.connect('{application.work}/logistics.sqlite3'); "
            f"c.execute('ALTER TABLE {name} RENAME TO {away}'); c.commit()"
        )
        assert application.run("-c", renamed, OTEL_SDK_DISABLED="true").returncode == 0
        if away == "goods_away":
            for _ in range(2):
                assert person.get("/api/goods/1/").status_code == 500
    tally.add("primepre_api_errors_total", 2, endpoint="goods-show", error_type="server_error")
