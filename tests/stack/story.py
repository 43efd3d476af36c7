"""Two weeks of the laboratory, while one thing after another is stopped and started again."""

import asyncio
import os
import signal
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

import psycopg

from driver.arrived import LOGGED
from driver.clock import DAY, Clock
from driver.day import play_weeks
from driver.environment import environment, released
from driver.opening import create, twists_of_a_draft
from driver.processes import Children, open_laboratory, start_web, start_worker
from driver.scene import Scene
from driver.stories import DAYS, TOLD, Case, Twist
from driver.tally import Tally
from driver.words import AnalysisType, SampleType, Species
from driver.work import Work
from metrics_page import Page
from proof import differences
from running import SCRIPT, python

from .backends import LOOKBACK
from .panels import STEP
from .servers import Server
from .stack import TOKEN, Stack

SECONDS = 40.0
"""So long are the two weeks here."""
WEB, WORKERS, NEXT = 3, 2, "1.1"
"""Processes of gunicorn and of Celery; the version of the Celery worker that is started last."""
SETTLES_WITHIN = 90.0
EXPORT = 2.0
"""So often, in s, the laboratory's processes send their metrics."""
LOCKED = 1.5
"""So long, in s, is a table locked: a query of more than 1 s is slow by default."""
CREATED = 'protocols_created_total{service_namespace="lab"}'
RENDER = "cases.tasks.render_report"
BEAT = ("-m", "celery", "-A", "lab", "beat", "--max-interval", "1", "--pidfile=")
TROUBLED = f"""{SCRIPT}
import logging
from labotel.catalogs.tasks import QUEUE_LENGTH
@labotel.gauge(QUEUE_LENGTH)
def waiting():
    raise RuntimeError("nobody counts")
labotel.emit(Ordered(size="small"))  # a field is missing
order(5)
for _ in range(50):
    logging.getLogger("troubled").warning("x" * 5000)
time.sleep(9)
labotel.shutdown()
"""
"""Another application, its lines go nowhere; it lives for longer than a panel's step."""
AWAY, PAUSE = 3.0, 2.0
"""So long, in s, is away what is stopped and started again, and so long is between two troubles."""


class Three(NamedTuple):
    """The first three protocols: their label sets, and when Prometheus must know of them."""

    kinds: list[dict[str, str]]
    at: float


@dataclass
class Story:
    """What happened, by the driver's own count, and what was there when it was over."""

    tally: Tally
    since: float
    """When the first request was sent (seconds since 1970)."""
    until: float = 0.0
    """When Prometheus had all of it."""
    page: Page = field(default_factory=lambda: Page({}))
    """Prometheus at that moment."""
    troubles: list[tuple[str, float]] = field(default_factory=list)
    """What was stopped, killed or restarted, and when that was over."""
    played: float = 0.0
    """When the last person went home."""
    three: Three | None = None
    failed_tasks: int = 0
    """How many tasks were made to fail."""
    home: Path = field(default_factory=Path)
    """Where the laboratory's processes lived; they have ended."""


def tell(stack: Stack, work: Path) -> Story:
    """Play all of it, on a stack that runs."""
    clock = Clock(DAYS * DAY / SECONDS)
    story = Story(Tally(), time.time(), home=work)
    with Children(work, environment_of(stack, work, clock)) as children:
        open_laboratory(children)
        start_worker(children, processes=WORKERS)
        start_web(children, workers=WEB, port=stack.nginx.ports[1])
        children.start("celery-beat", *BEAT, "--schedule", str(work / "schedule"))
        python(TROUBLED, _troubled(stack, work))
        scene = Scene(stack.entrance, clock, story.tally, work, children)
        three = asyncio.run(_come_three(scene))
        _wait_until(lambda: sum(n for _, n in stack.metrics().query(CREATED)) >= len(three))
        time.sleep(EXPORT)  # so that what counts twice is seen to
        story.three = Three([work.kind for work in three], time.time())
        asyncio.run(_go_three(three))
        asyncio.run(_wait_for_lock(stack, scene))
        with ThreadPoolExecutor(1) as people:
            over = threading.Event()
            playing = people.submit(asyncio.run, _work(scene, over))
            try:
                # What is started ends with the thread that started it: that is this one.
                _trouble(stack, children, story)
            finally:
                over.set()
            playing.result()
        story.played = time.time()
        _settle(stack, story)
    return story


def environment_of(stack: Stack, work: Path, clock: Clock) -> dict[str, str]:
    """Return what the laboratory's processes are started with on a stack."""
    postgresql, redis = stack.postgresql.ports[0], stack.redis.ports[0]
    return {
        **environment(work, clock, stack.endpoint),
        "OTEL_EXPORTER_OTLP_HEADERS": f"authorization=Bearer%20{TOKEN}",
        "LAB_BEHIND_PROXY": "1",
        "LAB_DATABASE_URL": f"postgresql://lab@127.0.0.1:{postgresql}/postgres",
        "LAB_BROKER_URL": f"redis://127.0.0.1:{redis}/0",
        "LAB_CACHE_URL": f"redis://127.0.0.1:{redis}/1",
    }


def _troubled(stack: Stack, work: Path) -> dict[str, str]:
    return stack.application("troubled", work / "troubled") | {
        "OTEL_EXPORTER_OTLP_LOGS_ENDPOINT": "http://127.0.0.1:9",
        "OTEL_BLRP_MAX_EXPORT_BATCH_SIZE": "10",
        "LABOTEL_DISK_QUEUE": "100000",
    }


async def _work(scene: Scene, over: threading.Event) -> None:
    """Play the two weeks; somebody stays until the troubles are over, too."""
    await play_weeks(scene, list(TOLD), lambda: None)
    stays = scene.signed_in()[0]
    while not over.is_set():
        async with stays.at_work() as person:
            await person.open("/protocols/")
        await asyncio.sleep(0.2)
    async with stays.at_work() as person:
        await person.open("/protocols/")


def _trouble(stack: Stack, children: Children, story: Story) -> None:
    """Go from one thing to the other while people work."""
    web = children.named("django-app").process.pid
    troubles: list[tuple[str, Callable[[], None]]] = [
        ("the Collector is stopped, and started again", lambda: _away(stack.collector)),
        ("a web worker ends, and another takes its place", lambda: _end_worker(web)),
        ("Prometheus is stopped, and started again", lambda: _away(stack.prometheus)),
        ("the web's workers are replaced", lambda: os.kill(web, signal.SIGHUP)),
        ("Loki is stopped, and started again", lambda: _away(stack.loki)),
        (
            "the Celery worker is stopped, and started again",
            lambda: _restart_worker(stack, children, story),
        ),
        ("the Collector is killed, and started again", lambda: _killed(stack.collector)),
        ("one web worker fewer", lambda: os.kill(web, signal.SIGTTOU)),
    ]  # fmt: skip
    for name, act in troubles:
        time.sleep(PAUSE)
        act()
        story.troubles.append((name, time.time()))


def _end_worker(web: int) -> None:
    os.kill(int(min(_children_of(web), key=int)), signal.SIGTERM)


def _restart_worker(stack: Stack, children: Children, story: Story) -> None:
    """Stop it, publish a task that will fail, and start it when panels can show that it waits."""
    worker = children.named("celery-worker")
    worker.ask_to_stop()
    worker.stop()
    _fail_task(children, story)
    _wait_until(lambda: any(n for _, n in stack.metrics().query("celery_queue_length")))
    time.sleep(STEP)
    start_worker(children, processes=WORKERS, **released(NEXT))


def _away(server: Server) -> None:
    server.stop()
    time.sleep(AWAY)
    server.start()


def _killed(server: Server) -> None:
    server.kill()
    server.start()


def _settle(stack: Stack, story: Story) -> None:
    """Wait until Prometheus has the driver's numbers; the tests say what it never got."""
    # What nobody exports any more is forgotten by then, and so missing in a sum.
    time.sleep(LOOKBACK + 2 * EXPORT)

    def settled() -> bool:
        story.until = time.time()
        story.page = stack.metrics().page(story.until)
        return not list(differences(story.page, story.tally))

    _wait_until(settled)
    said = {event: float(story.tally.total(metric)) for event, metric in LOGGED.items()}
    _wait_until(lambda: _logged(stack, story) == said)
    _wait_until(lambda: _served(stack) >= story.tally.total("http_requests_total"))


def _logged(stack: Stack, story: Story) -> dict[str, float]:
    """How many lines Loki has of each event that the driver counts."""
    lines = 'count_over_time({service_namespace="lab"} | event_name != "" [since])'
    query = f"sum by (event_name) ({lines})"
    counted = stack.logs(story.since).numbers(query, story.until)
    return {event: counted.get(event, 0) for event in LOGGED}


def _served(stack: Stack) -> int:
    """How many requests have a span."""
    return len({span.span_id for span in stack.traces.spans if span.kind == "SERVER"})


def _wait_until(true: Callable[[], bool]) -> None:
    """Wait until something is so; where it never is, the tests say what is instead."""
    end = time.monotonic() + SETTLES_WITHIN
    while not true() and time.monotonic() < end:
        time.sleep(0.5)


async def _come_three(scene: Scene) -> list[Work]:
    """Open three protocols, the first ever; the web's workers are replaced before the last."""
    kinds = [
        (Species.CANINE, AnalysisType.CYTOLOGY),
        (Species.EQUINE, AnalysisType.HISTOPATHOLOGY),
        (Species.OTHER, AnalysisType.CYTOLOGY),
    ]
    works = []
    for number, (species, analysis) in enumerate(kinds):
        if number == 2:
            await asyncio.to_thread(replace_workers, scene.children)
        deleted = frozenset({Twist.DELETED})
        case = Case("vet-1", species, analysis, SampleType.SMEAR, twists=deleted)
        works.append(Work(scene, case, 1000 + number))
        await create(works[-1])
    return works


async def _go_three(works: list[Work]) -> None:
    """Delete them again: the two weeks begin with none."""
    for work in works:
        await twists_of_a_draft(work)


async def _wait_for_lock(stack: Stack, scene: Scene) -> None:
    """Look at a page whose table somebody else has locked for a while: a query is slow."""
    at = stack.postgresql.ports[0]
    async with scene.team["bench-1"].at_work() as person:
        with psycopg.connect(f"postgresql://lab@127.0.0.1:{at}/postgres") as other:
            other.execute("LOCK TABLE cases_protocol IN ACCESS EXCLUSIVE MODE")
            looking = asyncio.create_task(person.open("/protocols/"))
            await asyncio.sleep(LOCKED)
            other.rollback()
            await looking


def _fail_task(children: Children, story: Story) -> None:
    """Have a report rendered that is not there: its task fails."""
    call = ("-m", "celery", "-A", "lab", "call", RENDER, "--args", "[999999999]")
    children.start("lab-commands", *call).finish()
    story.tally.add("celery_tasks_total", task_name=RENDER, status="failure")
    story.failed_tasks += 1


def replace_workers(children: Children) -> None:
    """Have gunicorn start new workers and end the present ones; wait for that."""
    web = children.named("django-app").process.pid
    before = _children_of(web)
    os.kill(web, signal.SIGHUP)
    end = time.monotonic() + 20
    while before & _children_of(web):
        assert time.monotonic() < end, "gunicorn did not replace its workers"
        time.sleep(0.1)


def _children_of(process: int) -> set[str]:
    return set(Path(f"/proc/{process}/task/{process}/children").read_text().split())
