"""Programs that an application starts: real ones, however they end."""

from pathlib import Path
from typing import Any

import pytest

from labotel.viewer.receiver import Receiver
from running import run

START = """
import asyncio, gc, os, signal, subprocess, threading
from subprocess import DEVNULL, PIPE, Popen
"""
METRIC = "subprocess_duration_seconds"


def spans(receiver: Receiver) -> list[Any]:
    """The spans of programs that arrived, by name and how they ended."""
    return [s for s in receiver.spans if "process.executable.name" in s.attributes]


def ended(receiver: Receiver) -> dict[tuple[str, str], float]:
    """How often each command ended in each way."""
    keys = {
        (str(p.attributes["command"]), str(p.attributes["outcome"]))
        for p in receiver.points
        if p.name == METRIC
    }
    return {
        (command, outcome): receiver.store.total(METRIC, command=command, outcome=outcome)
        for command, outcome in keys
    }


def test_git_is_said_by_its_commands(
    receiver: Receiver, environment: dict[str, str], tmp_path: Path
) -> None:
    """What it was asked and how it ended; no folder, no message, no name of anybody's."""
    repository = tmp_path / "canary-folder"
    body = f"""
def git(*words):
    return subprocess.run(["git", "-C", {str(repository)!r}, "-c", "user.name=canary",
                           "-c", "user.email=canary@example.org", *words], capture_output=True)
os.mkdir({str(repository)!r})
git("init")
git("commit", "--allow-empty", "-m", "canary-message")
assert git("checkout", "canary-branch").returncode == 1
labotel.shutdown()
"""
    run(START + body, environment)
    assert ended(receiver) == {
        ("git init", "success"): 1, ("git commit", "success"): 1, ("git checkout", "failure"): 1,
    }  # fmt: skip
    said = {s.name: (s.kind, s.status, s.attributes) for s in spans(receiver)}
    assert said["git commit"] == (
        "CLIENT", "UNSET", {"process.executable.name": "git", "process.exit.code": 0}
    )  # fmt: skip
    assert said["git checkout"] == (
        "CLIENT",
        "ERROR",
        {"process.executable.name": "git", "process.exit.code": 1, "error.type": "1"},
    )
    assert "canary" not in repr([receiver.spans, receiver.logs, receiver.points])


@pytest.mark.parametrize(
    ("body", "outcome", "error"),
    [
        ("subprocess.run(['sleep', '0'], check=True)", "success", None),
        ("subprocess.call(['sleep', 'x'], stderr=DEVNULL)", "failure", "1"),
        ("with suppress(subprocess.TimeoutExpired): subprocess.run(['sleep', '60'], timeout=0.1)",
         "timeout", "SIGKILL"),
        ("p = Popen(['sleep', '60']); p.terminate(); p.wait()", "killed", "SIGTERM"),
        ("p = Popen(['sleep', '60']); os.kill(p.pid, 9)\nwhile p.poll() is None: pass",
         "killed", "SIGKILL"),
        (("p = Popen(['sleep', '0.3'])\nwith suppress(subprocess.TimeoutExpired): p.wait(0.01)\n"
         "p.wait()"), "success", None),
        ("with Popen(['sleep', '0']): pass", "success", None),
        ("p = Popen(['sleep', '0'], stdout=PIPE); p.communicate(); p.wait(); p.poll()",
         "success", None),
        (("async def go():\n    p = await asyncio.create_subprocess_exec('sleep', 'x',"
         " stderr=DEVNULL)\n    await p.wait()\nasyncio.run(go())"), "failure", "1"),
        (("async def go():\n    p = await asyncio.create_subprocess_exec('sleep', '60')\n"
         "    p.kill()\n    await p.communicate()\nasyncio.run(go())"), "killed", "SIGKILL"),
    ],
)  # fmt: skip
def test_every_end_is_told_apart(
    receiver: Receiver, environment: dict[str, str], body: str, outcome: str, error: str | None
) -> None:
    """Whichever function of `subprocess` or asyncio started it, and notices the end: once."""
    run(START + "from contextlib import suppress\n" + body + "\nlabotel.shutdown()", environment)
    assert ended(receiver) == {("sleep", outcome): 1}
    (span,) = spans(receiver)
    assert span.attributes.get("error.type") == error
    assert span.status == ("UNSET" if error is None else "ERROR")


def test_what_does_not_start_says_why_and_not_where(
    receiver: Receiver, environment: dict[str, str], tmp_path: Path
) -> None:
    """A program that is not there is no program that may not be run; the error is Popen's own."""
    (tmp_path / "canary-file").write_text("")
    body = f"""
folder = {str(tmp_path)!r}
for words, expected in [
    ([folder + "/canary"], FileNotFoundError), (["absent-tool", "canary"], FileNotFoundError),
    ([folder + "/canary-file"], PermissionError), ([folder], PermissionError),
]:
    try:
        Popen(words)
    except expected as error:
        assert error.filename == words[0], error
for wrong in [dict(args=["a\\0b"]), dict(args=["x"], bufsize="x"), dict(), dict(args=7),
              dict(args=["true"], pipesize="x", unknown=1)]:
    try:
        Popen(**wrong)
    except (ValueError, TypeError) as error:
        assert "labotel" not in str(error) and "_begin" not in str(error), error
labotel.shutdown()
"""
    run(START + body, environment)
    counted = ended(receiver)
    assert counted["canary", "not_found"] == 1
    assert counted["absent-tool", "not_found"] == 1
    assert counted["canary-file", "not_permitted"] == 1
    assert counted[tmp_path.name[:200], "not_permitted"] == 1
    assert str(tmp_path) not in repr([receiver.spans, receiver.logs, receiver.points])
    assert {s.attributes["error.type"] for s in spans(receiver)} >= {
        "FileNotFoundError", "PermissionError"
    }  # fmt: skip
    assert receiver.store.total("labotel_faults_total") == 0


def test_what_nobody_waits_for_is_said_when_it_is_noticed(
    receiver: Receiver, environment: dict[str, str]
) -> None:
    """A destructor notices it; what still runs at the end is said by nobody."""
    body = """
import warnings
warnings.simplefilter("ignore")
running = Popen(["sleep", "60"])
left = Popen(["sleep", "0"])
os.waitid(os.P_PID, left.pid, os.WEXITED | os.WNOWAIT)
del left
gc.collect()
labotel.shutdown()
running.kill()
running.wait()
"""
    run(START + body, environment)
    assert ended(receiver) == {("sleep", "success"): 1}


def test_a_forked_child_says_nothing_of_its_parents_programs(
    receiver: Receiver, environment: dict[str, str]
) -> None:
    """Its copy of a Popen finds no child there."""
    body = """
running = Popen(["sleep", "60"])
if not os.fork():
    running.poll()
    labotel.shutdown()
    os._exit(0)
os.wait()
running.kill()
running.wait()
labotel.shutdown()
"""
    run(START + body, environment)
    assert ended(receiver) == {("sleep", "killed"): 1}


def test_it_is_in_the_trace_of_what_started_it(
    receiver: Receiver, environment: dict[str, str]
) -> None:
    """Wherever its end is noticed: in another thread, say."""
    body = """
from opentelemetry import trace
with trace.get_tracer("app").start_as_current_span("work"):
    process = Popen(["sleep", "0"])
waiter = threading.Thread(target=process.wait)
waiter.start()
waiter.join()
labotel.shutdown()
"""
    run(START + body, environment)
    (span,) = spans(receiver)
    (work,) = [s for s in receiver.spans if s.name == "work"]
    assert span.parent_span_id == work.span_id


def test_popen_is_given_back(receiver: Receiver, environment: dict[str, str]) -> None:
    """After `shutdown` the class is as it was, and what was started before goes on."""
    body = """
before = Popen(["sleep", "0"])
assert "returncode" in vars(Popen)
labotel.shutdown()
assert "returncode" not in vars(Popen)
assert not any(hasattr(getattr(Popen, name), "__wrapped__")
               for name in ("__init__", "wait", "communicate"))
assert before.wait() == 0 and before.returncode == 0
assert subprocess.run(["sleep", "0"]).returncode == 0
"""
    run(START + body, environment)
    assert ended(receiver) == {}


def test_a_subclass_and_a_bare_object_are_as_ever(environment: dict[str, str]) -> None:
    """A subclass of Popen's is observed once; an object without `returncode` has none."""
    body = """
class Mine(Popen):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
assert Mine(["true"]).wait() == 0
bare = Popen.__new__(Popen)
assert not hasattr(bare, "returncode")
bare.returncode = None
assert bare.returncode is None
del bare.returncode
assert not hasattr(bare, "returncode")
bare.returncode = 0
labotel.shutdown()
"""
    run(START + body, environment)


def test_it_can_be_left_out(receiver: Receiver, environment: dict[str, str]) -> None:
    """`instrument` without `subprocess` observes no program."""
    env = environment | {"LABOTEL_INSTRUMENT": "logging"}
    run(START + "subprocess.run(['true'])\nlabotel.shutdown()", env)
    assert spans(receiver) == []


def test_the_server_under_a_reloader_is_no_program(
    receiver: Receiver, environment: dict[str, str]
) -> None:
    """Django's and Flask's reloaders run the application itself; what that starts is observed."""
    body = """
for word in ("RUN_MAIN", "WERKZEUG_RUN_MAIN"):
    subprocess.run(["sleep", "0"], env={**os.environ, word: "true"})
os.environ["RUN_MAIN"] = "true"
subprocess.run(["true"], env=dict(os.environ))
subprocess.run(["true"])
labotel.shutdown()
"""
    run(START + body, environment)
    assert ended(receiver) == {("true", "success"): 2}


def test_what_python_itself_asks_the_system_is_no_program_of_the_applications(
    receiver: Receiver, environment: dict[str, str]
) -> None:
    """`ctypes.util` looks for libraries by `ldconfig` or a compiler, `platform` asks `uname`."""
    body = """
from ctypes.util import find_library
find_library("c"), find_library("nowhere-to-be-found")
import platform
platform.processor()
subprocess.run(["true"])
labotel.shutdown()
"""
    run(START + body, environment)
    assert ended(receiver) == {("true", "success"): 1}
