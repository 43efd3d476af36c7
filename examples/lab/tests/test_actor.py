"""Who acts: in a request, in a task that it caused, in a task of that task, and in none."""

from collections.abc import Iterator
from queue import Empty
from typing import Any

import pytest
from casework import Person, user
from celery import Task
from celery.app.trace import build_tracer
from django.test import Client

from lab.celery import app
from people import actor
from people.travel import HEADER

seen: list[tuple[str, str]] = []


@app.task(bind=True, max_retries=1)
def first(self: "Task[..., None]") -> None:
    """Note who acts, once more in a retry, and start another task."""
    seen.append(("first", actor.current()))
    if not self.request.retries:
        raise self.retry(countdown=0)
    second.delay()


@app.task
def second() -> None:
    """Note who acts, and fail."""
    seen.append(("second", actor.current()))
    raise ZeroDivisionError


@pytest.fixture(autouse=True)
def _queued(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Let tasks wait in the laboratory's own broker, and leave it empty."""
    monkeypatch.setitem(app.conf, "task_always_eager", False)
    seen.clear()
    yield
    list(messages())


def messages() -> Iterator[Any]:
    """Take the messages out of the queue, also those that come meanwhile."""
    with app.connection_for_read() as connection, connection.SimpleQueue("celery") as queue:
        while True:
            try:
                message = queue.get(block=False)
            except Empty:
                return
            message.ack()
            yield message


def work_off() -> list[tuple[str, str]]:
    """Run what is queued as a worker does, and return who acted in which task."""
    for message in messages():
        headers = message.headers
        run = build_tracer(headers["task"], app.tasks[headers["task"]], app=app)
        run(headers["id"], (), {}, request=headers)
    return seen


def test_nobody_acts_by_default():
    """Outside of requests and tasks it is the system."""
    assert actor.current() == "system"


def test_somebody_acts_in_a_block():
    """Commands and tests may name who acts; blocks may stand in each other."""
    with actor.acting(7):
        with actor.acting("8"):
            assert actor.current() == "8"
        assert actor.current() == "7"
    assert actor.current() == "system"


def test_the_actor_travels_through_retries_and_chains():
    """A task, its retry and the task that it starts act for whoever caused the first."""
    with actor.acting(7):
        first.delay()
    assert work_off() == [("first", "7"), ("first", "7"), ("second", "7")]


def test_the_next_task_is_not_the_last_ones():
    """A process that works for one person and then for nobody does not mix them up."""
    with actor.acting(7):
        second.delay()
    second.delay()
    assert work_off() == [("second", "7"), ("second", "system")]
    assert actor.current() == "system"


def test_a_task_that_runs_at_once_acts_for_its_caller(monkeypatch):
    """Without a message there is no header, and none is needed."""
    monkeypatch.setitem(app.conf, "task_always_eager", True)
    with actor.acting(7):
        second.delay()
        assert actor.current() == "7"
    assert seen == [("second", "7")]


@pytest.mark.usefixtures("laboratory")
def test_a_request_gives_its_user_to_the_task():
    """The message carries the person who was signed in, and the system where nobody was."""
    vet, email = Person("vet-1"), {"email": user("vet-3").email}
    vet.post("/accounts/password_reset/", **email)
    Client().post("/accounts/password_reset/", email)
    assert [message.headers[HEADER] for message in messages()] == [vet.key, "system"]


@pytest.mark.usefixtures("laboratory")
def test_a_request_leaves_no_actor_behind():
    """The thread that answered goes on to answer somebody else."""
    Person("vet-1").get("/messages/")
    assert actor.current() == "system"
