"""A day of the billing analytics: what its people do, and what they count of it."""

import time
from collections.abc import Iterable

from labotel.export.wake import wait_until
from running import free_port
from stack.collector_sink import Sink
from stack.prometheus import Prometheus
from stack.servers import Server
from systems.application import Application, Person
from systems.played import Played, Tally

PATIENT = "Quillfeather"
"""In each patient's name: nothing that leaves may hold it."""
ANALYST, PASSWORD = "ada", "a-long-password-of-ada"
PAYERS = ("Northwind Health", "Southbank Care")


def claims(payer: str, denied: int, of: int) -> list[str]:
    """Return lines of a file: so many claims of a payer, the first of them denied."""
    return [
        f"{payer},{PATIENT} {number},{100 + number}.50,{'yes' if number < denied else 'no'}"
        for number in range(of)
    ]


def send(person: Person, lines: Iterable[str]) -> int:
    """Take in a file of claims; return the status of the answer."""
    text = "\n".join(["payer,patient,amount,denied", *lines])
    person.get("/")  # for the form's token
    return person.post("/claims/", files={"file": ("claims.csv", text)}).status_code


def play(application: Application, redis: Server) -> Played:
    """Play the day, and wait until Prometheus has all of it."""
    _open(application)
    played = Played(application.pipeline, application, Tally(), since=time.time())
    person, done = application.person(), played.tally
    assert person.get("/").url.endswith("/login/?next=/")
    assert person.sign_in("/login/", ANALYST, PASSWORD).url == f"{application.address}/"
    with_webhook = Sink()
    with_webhook.start()
    try:
        # What was denied lately is what was denied before: 1 of 20 and 1 of 20.
        steady = [*claims("", 1, 20), *claims("", 1, 20)]
        assert send(person, [payer + line for payer in PAYERS for line in steady]) == 200
        done.add("drift_detections_total", 2, result="none")
        _subscribe(person, f"http://127.0.0.1:{with_webhook.port}/told")
        _subscribe(person, f"http://127.0.0.1:{free_port()}/gone")
        # 12 of 20 and not 2 of 40 any more: a difference of 0.55.
        assert send(person, claims(PAYERS[0], 12, 20)) == 200
        done.add("drift_detections_total", result="drift")
        done.add("claim_files_total", 2, outcome="accepted")
        done.add("alerts_delivered_total", status="success")
        done.add("alerts_delivered_total", status="failure")
        done.add("celery_tasks_total", 3, task_name="claims.tasks.detect_drift", status="success")
        done.add("celery_tasks_total", 2, task_name="claims.tasks.deliver", status="success")
        done.add("celery_tasks_total", 2, task_name="claims.tasks.deliver", status="retry")
        assert send(person, ["Northwind Health,somebody,many,yes"]) == 422
        done.add("claim_files_total", outcome="refused")
        for _ in range(2):
            assert person.get("/payers/1/").status_code == 200
        assert person.get("/nowhere/").status_code == 404
        delivered = wait_until(lambda: _delivered(application.pipeline.metrics()), 60)
        assert delivered, "the alerts were not delivered"
    finally:
        with_webhook.stop()
    assert len(with_webhook.bodies) == 1
    person.post("/payers/1/subscribers/", url="http://127.0.0.1:1/other")
    person.post("/payers/1/subscribers/", url="http://127.0.0.1:1/other", remove="1")
    redis.stop()
    assert [person.get("/").status_code for _ in range(3)] == [500, 500, 500]
    redis.start()
    assert wait_until(lambda: person.get("/").status_code == 200, 20)
    played.settle()
    return played


def _open(application: Application) -> None:
    """Make the database and its people, unobserved: what is looked at begins with people's work."""
    unseen = {"OTEL_SDK_DISABLED": "true"}
    application.manage("migrate", **unseen)
    application.manage(
        "createsuperuser", "--noinput", "--username", ANALYST, "--email", "ada@example.org",
        DJANGO_SUPERUSER_PASSWORD=PASSWORD, **unseen,
    )  # fmt: skip
    application.start_worker()
    application.environment["LABOTEL_METRICS_TOKEN"] = "sesame"
    application.start_web()


def _subscribe(person: Person, url: str) -> None:
    person.get("/payers/1/")
    assert person.post("/payers/1/subscribers/", url=url).status_code == 200


def _delivered(metrics: Prometheus) -> bool:
    return sum(n for _, n in metrics.query("alerts_delivered_total")) == 2
