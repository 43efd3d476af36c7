"""Who reads for a deployment: one process of a host asks, by the first kind of lease there is."""

from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from labotel.export import leases
from labotel.export.keeper import Keeper
from labotel.export.leases import PACE, DeploymentLease, Wide, name_of
from labotel.export.settings import Settings, resolve
from labotel.signals.pipeline import Pipeline
from labotel.signals.spans import PseudonymSource
from labotel.signals.tally import Tally

LAB = {"service.name": "lab"}


class Answers:
    """A lease that answers what it is told to; an exception is raised."""

    def __init__(self, *answers: bool | Exception | None) -> None:
        self.answers = list(answers)
        self.asked = self.released = self.forgotten = 0

    def held(self) -> bool | None:
        """Give the next answer, and the last one for ever."""
        self.asked += 1
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, Exception):
            raise answer
        return answer

    def release(self) -> None:
        """Note it."""
        self.released += 1

    def forget(self) -> None:
        """Note it."""
        self.forgotten += 1


@pytest.fixture
def offer(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Offer leases by kind."""

    def offered(**by_kind: Wide | None) -> None:
        monkeypatch.setattr(
            leases, "makers", {kind: lambda *_, w=wide: w for kind, wide in by_kind.items()}
        )

    return offered


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Iterator[SimpleNamespace]:
    """The lease's clock: set `now`."""
    made = SimpleNamespace(now=1000.0)
    made.monotonic = lambda: made.now
    monkeypatch.setattr(leases, "time", made)
    return made


def settings(**keywords: Any) -> Settings:
    """Return settings."""
    found, problems = resolve({"metric_interval": 10, **keywords}, {}, {})
    assert problems == []
    return found


def lease(chosen: str = "auto", tally: Tally | None = None) -> DeploymentLease:
    """Return the lease of a deployment."""
    return DeploymentLease(settings(lease=chosen), LAB, tally or Tally())


def faults(tally: Tally) -> int:
    """Return how many faults of the lease were counted."""
    return sum(n for name, labels, n in tally._pending if labels == ("gauge_lease",))


@pytest.mark.parametrize(
    ("chosen", "asked"),
    [("auto", [1, 0]), ("database", [1, 0]), ("redis", [0, 1]), ("folder", [0, 0])],
)
def test_the_first_kind_that_was_chosen_decides(chosen: str, asked: list[int], offer: Any) -> None:
    """By default the database, then Redis; with `folder` neither is asked."""
    database, redis = Answers(True), Answers(True)
    offer(database=database, redis=redis)
    assert lease(chosen).held()
    assert [database.asked, redis.asked] == asked


def test_what_cannot_hold_a_lease_leaves_it_to_the_next(offer: Any) -> None:
    """A pooler before the database: Redis decides, and the database is asked no more."""
    database, redis = Answers(None), Answers(True)
    offer(database=database, redis=redis)
    made = lease()
    assert made.held() and made.held()
    assert [database.asked, redis.asked] == [1, 2]


def test_without_any_each_host_reads(offer: Any) -> None:
    """Silently by default; what was chosen and is not there is said and counted."""
    offer(database=None)
    quiet, loud = Tally(), Tally()
    assert lease("auto", quiet).held()
    made = lease("redis", loud)
    assert made.held() and made.held()
    assert (faults(quiet), faults(loud)) == (0, 2)
    ((_, said, _),) = loud._warnings
    assert "lease='redis'" in said and "each host reads them" in said


def test_a_framework_that_comes_later_is_found(offer: Any) -> None:
    """Until then each host reads for itself."""
    made = lease()
    assert made.held()
    offer(database=Answers(False))
    assert not made.held()


def test_no_answer_means_no_reading(offer: Any, clock: SimpleNamespace) -> None:
    """Another host may reach the server; counted each time, and said once until it answers."""
    tally = Tally()
    down = OSError("secret")
    offer(database=Answers(True, down, down, True, down), redis=Answers(True))
    made = lease("auto", tally)
    found = []
    for _ in range(5):
        found.append(made.held())
        clock.now += 10 * PACE
    assert found == [True, False, False, True, False]
    assert faults(tally) == 3
    assert [key for key, *_ in tally._warnings] == ["gauge lease"] * 2
    assert "the database does not answer (OSError)" in tally._warnings[0][1]
    assert "secret" not in tally._warnings[0][1]


def test_who_was_refused_asks_again_at_the_third_reading(
    offer: Any, clock: SimpleNamespace
) -> None:
    """The holder asks at each reading."""
    wide = Answers(False, True)
    offer(redis=wide)
    made = lease()
    for now, held, asked in [(0, False, 1), (20.1, False, 1), (29.9, True, 2), (40, True, 3)]:
        clock.now = 1000.0 + now
        assert (made.held(), wide.asked) == (held, asked)


def test_what_is_given_back_is_not_taken_again(offer: Any) -> None:
    """A reading may be under way while the process ends."""
    wide = Answers(True)
    offer(redis=wide)
    made = lease()
    assert made.held()
    made.release()
    assert not made.held()
    assert (wide.asked, wide.released) == (1, 1)


def test_a_child_forgets_its_parents(offer: Any) -> None:
    """Once."""
    wide = Answers(True)
    offer(redis=wide)
    made = lease()
    made.forget()
    assert made.held()
    made.forget()
    made.forget()
    assert wide.forgotten == 1


def test_a_name_is_one_deployments() -> None:
    """The namespace or else the name, and the environment; no two make one text."""
    production = {"deployment.environment.name": "production"}
    assert name_of(LAB) == "labotel:gauges:lab:"
    assert name_of({**LAB, "service.namespace": "clinic"}) == "labotel:gauges:clinic:"
    assert name_of({**LAB, **production}) == "labotel:gauges:lab:production"
    assert name_of({"service.name": "lab:production"}) == "labotel:gauges:lab%3Aproduction:"
    assert name_of({"service.name": "\ud800"}) == "labotel:gauges:%3F:"


def keeper(folder: Path, **keywords: Any) -> Keeper:
    """Return the keeper of a process of a host whose runtime folder that is."""
    found = settings(runtime_dir=str(folder), **keywords)
    attributes = {**LAB, "deployment.environment.name": found.environment or ""}
    made = Keeper(found, attributes, Pipeline(PseudonymSource(lambda: None)), [])
    made.open()
    return made


def test_one_process_of_a_host_asks(offer: Any, tmp_path: Path) -> None:
    """So that a hundred workers are one question to the database; the host's gauges are its own."""
    wide = Answers(False)
    offer(database=wide)
    first, second = keeper(tmp_path), keeper(tmp_path)
    elsewhere = keeper(tmp_path / "elsewhere")
    everyone = (first, second, elsewhere)
    assert [k.reads("service") for k in everyone] == [False] * 3
    assert wide.asked == 2
    assert [k.reads("host") for k in everyone] == [True, False, True]
    assert [k.reads("process") for k in everyone] == [True] * 3
    for one in everyone:
        one.release()


def test_two_environments_on_one_host_read_both(offer: Any, tmp_path: Path) -> None:
    """Staging does not keep production from being read."""
    offer()
    both = [keeper(tmp_path, environment=name) for name in ("staging", "production")]
    assert [k.reads("service") for k in both] == [True, True]
    for one in both:
        one.release()


def test_an_ended_process_gives_it_back(offer: Any, tmp_path: Path) -> None:
    """So that the next one need not wait."""
    wide = Answers(True)
    offer(database=wide)
    first = keeper(tmp_path)
    assert first.reads("service")
    first.release()
    assert wide.released == 1
