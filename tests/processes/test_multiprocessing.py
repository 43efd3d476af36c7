"""The children of `multiprocessing`, however they are started and however they end."""

import subprocess
import sys
from pathlib import Path

import pytest

from labotel.viewer.receiver import Receiver

METHODS = ["fork", "spawn", "forkserver"]

HEAD = """
import multiprocessing, sys
from concurrent.futures import ProcessPoolExecutor
if __name__ == "__main__":
    context = multiprocessing.get_context(sys.argv[1])
"""
"""How a script begins whose children import it; a child knows labotel by what it is to call."""

PROCESSES = """
    from project import jobs
    {say}
    children = [context.Process(target=jobs.job, args=(n,)) for n in range(3)]
    [child.start() for child in children]
    [child.join() for child in children]
    assert [child.exitcode for child in children] == [0] * 3
    failing = context.Process(target=jobs.fail, args=(3,))
    failing.start()
    failing.join()
    assert failing.exitcode == 1
"""

POOLS = """
    from project import jobs
    {say}
    with ProcessPoolExecutor(3, mp_context=context) as pool:
        assert sorted(pool.map(jobs.job, range(20))) == list(range(20))
"""

POOL = """
    from project import jobs
    {say}
    with context.Pool(2, maxtasksperchild=5) as pool:
        assert sorted(pool.imap_unordered(jobs.job, range(20))) == list(range(20))
        # and its children are ended by SIGTERM
"""

TERMINATED = """
    from project import jobs
    {say}
    children = []
    for n in range(3):
        ready = context.Event()
        children.append(context.Process(target=jobs.wait, args=(n, ready)))
        children[-1].start()
        assert ready.wait(60)
    [child.terminate() for child in children]
    [child.join(60) for child in children]
    assert [child.exitcode for child in children] == [-15] * 3
"""

SAY = "jobs.job(1000)"


def check(receiver: Receiver, numbers: set[int]) -> None:
    """Each job is one count, one record, one line and one span."""
    store = receiver.store
    records = [r for r in receiver.logs if r.event_name == "shop.ordered"]
    assert sorted(int(str(r.attributes["order_id"])) for r in records) == sorted(numbers)
    assert store.total("orders_total", size="large") == len(numbers)
    lines = [str(r.body) for r in receiver.logs if r.scope == "project.jobs"]
    assert sorted(lines) == sorted(f"job {n}" for n in numbers)
    assert len([s for s in receiver.spans if s.name == "job"]) == len(numbers)
    assert store.total("labotel_faults_total") == 0
    assert store.total("labotel_dropped_total") == 0


def script(path: Path, body: str, env: dict[str, str], method: str) -> None:
    """Run a body as a file of its own, as the children import it."""
    path.write_text(HEAD + body)
    done = subprocess.run(
        [sys.executable, str(path), method],
        env=env, capture_output=True, text=True, timeout=100, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("said", [True, False])
def test_processes(
    receiver: Receiver, slowly: dict[str, str], tmp_path: Path, method: str, said: bool
) -> None:
    """Whether or not their parent says something itself, and where one of them raises."""
    body = PROCESSES.format(say=SAY if said else "")
    script(tmp_path / "script.py", body, slowly, method)
    check(receiver, {*range(4), *([1000] if said else [])})


@pytest.mark.parametrize("method", METHODS)
def test_executors(receiver: Receiver, slowly: dict[str, str], tmp_path: Path, method: str) -> None:
    """A ProcessPoolExecutor's workers."""
    script(tmp_path / "script.py", POOLS.format(say=""), slowly, method)
    check(receiver, set(range(20)))


@pytest.mark.parametrize("method", METHODS)
def test_pools(receiver: Receiver, slowly: dict[str, str], tmp_path: Path, method: str) -> None:
    """A Pool's workers: those that end after three jobs, and those that its end terminates."""
    script(tmp_path / "script.py", POOL.format(say=SAY), slowly, method)
    check(receiver, {*range(20), 1000})


@pytest.mark.parametrize("method", METHODS)
def test_terminated_processes(
    receiver: Receiver, slowly: dict[str, str], tmp_path: Path, method: str
) -> None:
    """`Process.terminate()` loses nothing, and their status is the signal's."""
    script(tmp_path / "script.py", TERMINATED.format(say=""), slowly, method)
    check(receiver, set(range(3)))


def test_a_parent_that_knows_nothing_of_labotel(
    receiver: Receiver, slowly: dict[str, str], tmp_path: Path
) -> None:
    """Its spawned children send what they said themselves: nobody would do it for them."""
    body = """
    import runpy
    child = context.Process(target=runpy.run_module, args=("project.one",))
    child.start()
    child.join()
    assert child.exitcode == 0
    assert "labotel" not in sys.modules
    """
    script(tmp_path / "script.py", body, slowly, "spawn")
    check(receiver, {77})


def test_a_preloading_forkserver(
    receiver: Receiver, slowly: dict[str, str], tmp_path: Path
) -> None:
    """labotel is configured in the server that forks them; its end sends what they left."""
    body = """
    context.set_forkserver_preload(["project.jobs"])
    import runpy
    children = [context.Process(target=runpy.run_module, args=("project.one",)) for _ in range(3)]
    [child.start() for child in children]
    [child.join() for child in children]
    assert [child.exitcode for child in children] == [0] * 3
    """
    script(tmp_path / "script.py", body, slowly, "forkserver")
    assert receiver.store.wait_for(lambda: receiver.store.total("orders_total") == 3, 20)
    assert receiver.store.wait_for(lambda: len(receiver.spans) == 3, 20)
