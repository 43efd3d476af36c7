"""SIGTERM at every moment: labotel's handler ends a process in order, and soon."""

import mmap
import shutil
import signal
import struct
import subprocess
import sys
import textwrap
import time
from pathlib import Path
from random import Random

import pytest

from endings import SAY, TERM, said
from labotel.export.wake import wait_until
from labotel.viewer.receiver import Receiver
from running import SCRIPT, status


def test_in_the_middle_of_a_drain(receiver: Receiver, slowly: dict[str, str]) -> None:
    """The main thread holds the drain lock when it comes: the slice is done first, then the end."""
    body = f"""{SAY}
    from labotel.configure import present
    pipeline = present().pipeline
    present().runtime._drainer.attend = lambda: None  # so that the main thread has to help
    drain = pipeline._drain
    def interrupted(most):
        import threading
        if threading.current_thread() is threading.main_thread():
            assert pipeline.lock.locked()
            term()
        drain(most)
    pipeline._drain = interrupted
    order(100_000)
    """
    began = time.monotonic()
    assert status(body, slowly) == TERM
    assert time.monotonic() - began < 30
    total = receiver.store.total("orders_total")
    assert total > 10_000
    assert said(receiver)[1] == total


@pytest.mark.parametrize("end", ["pass", "threading.Thread(target=labotel.shutdown).start()"])
def test_in_the_middle_of_labotels_end(
    receiver: Receiver, slowly: dict[str, str], end: str
) -> None:
    """It comes while labotel's end sends, on this thread or another: first that is done."""
    body = f"""{SAY}
    import threading
    from labotel.configure import present
    runtime = present().runtime
    shutdown = runtime.shutdown
    def interrupted(timeout):
        term()
        time.sleep(0.2)  # so long the main thread, were it another, has for its handler
        return shutdown(timeout)
    runtime.shutdown = interrupted
    say(10)
    {end}
    if threading.active_count() > 3:
        time.sleep(60)
    """
    assert status(body, slowly) == TERM
    assert said(receiver) == (10, 10, 10, 10)


def test_one_that_the_interpreter_overlooks(receiver: Receiver, slowly: dict[str, str]) -> None:
    """It comes while the main thread waits for the interpreter: CPython looks after the sleep."""
    body = f"""{SAY}
    import subprocess, threading
    say(1)
    go = threading.Event()
    def hog():
        go.wait()
        sum(range(4 * 10**7))  # one instruction, of half a second or more
    threading.Thread(target=hog, daemon=True).start()
    subprocess.Popen(["sh", "-c", f"sleep 0.4; kill {{os.getpid()}}"])
    go.set()
    sum(range(3 * 10**6))  # longer than a thread may keep the interpreter: the other one is next
    time.sleep(50)
    """
    began = time.monotonic()
    assert status(body, slowly) == TERM
    assert time.monotonic() - began < 30
    assert said(receiver) == (1, 1, 1, 1)


def test_a_second_one_changes_nothing(slowly: dict[str, str]) -> None:
    """A supervisor's and its group's: the first one's end goes on, however slow the receiver."""
    body = f"""{SAY}
    import threading
    say(10)
    threading.Timer(0.3, lambda: [term() or time.sleep(0.01) for _ in range(50)]).start()
    time.sleep(60)
    """
    with Receiver(respond=lambda signal: time.sleep(0.2)) as receiver:
        env = slowly | {"OTEL_EXPORTER_OTLP_ENDPOINT": receiver.endpoint}
        assert status(body, env) == TERM
        assert said(receiver) == (10, 10, 10, 10)


def test_a_dead_receiver_holds_an_end_up_no_longer_than_is_set(
    receiver: Receiver, slowly: dict[str, str]
) -> None:
    """`shutdown_timeout` holds for this end too; the rest is on disk and is sent by the next."""
    hanging = slowly | {
        "OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:9",
        "LABOTEL_SHUTDOWN_TIMEOUT": "1",
    }
    assert status(f"{SAY}\n    say(5)\n    term()", hanging) == TERM
    assert said(receiver) == (0, 0, 0, 0)
    assert status(f"{SAY}\n    say(1)\n    term()", slowly) == TERM
    assert said(receiver) == (6, 6, 6, 6)


def test_a_gevent_program_that_waits(receiver: Receiver, slowly: dict[str, str]) -> None:
    """Its hub is what a signal interrupts, and nothing may wait there: a greenlet does it."""
    first = "from gevent import monkey; monkey.patch_all(); import gevent\n"
    body = first + SCRIPT + textwrap.dedent(f"{SAY}\n    say(10)\n    gevent.sleep(60)\n")
    process = subprocess.Popen([sys.executable, "-W", "ignore", "-c", body], env=slowly)
    try:
        slot = Path(slowly["LABOTEL_RUNTIME_DIR"])
        assert wait_until(
            lambda: any(b",10," in s.read_bytes() for s in slot.glob("*/slot-0.json")), 30
        )
        process.terminate()
        assert process.wait(20) == TERM
    finally:
        process.kill()
    assert said(receiver) == (10, 10, 10, 10)


def test_an_end_that_hangs_is_ended(slowly: dict[str, str]) -> None:
    """Something of the application's waits for ever in it: the kernel ends the process then."""
    body = f"""{SAY}
    from labotel.configure import present
    import labotel.export.sigterm as sigterm
    sigterm.GRACE = 0.5
    present().runtime.shutdown = lambda timeout: time.sleep(60)
    term()
    """
    assert status(body, slowly | {"LABOTEL_SHUTDOWN_TIMEOUT": "0.5"}, 30) == -signal.SIGKILL


@pytest.mark.parametrize("dead", [False, True])
def test_a_terminated_child_loses_nothing(
    receiver: Receiver, slowly: dict[str, str], dead: bool
) -> None:
    """`Process.terminate()` on forked ones: their status is -15, and they wait for no network."""
    endpoint = {"OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:9"} if dead else {}
    body = f"""{SAY}
    import multiprocessing
    context = multiprocessing.get_context("fork")
    def work(said):
        say(5)
        said.set()
        time.sleep(60)
    say(1)
    children = []
    for _ in range(4):
        said = context.Event()
        children.append(context.Process(target=work, args=(said,)))
        children[-1].start()
        assert said.wait(20)
    began = time.monotonic()
    [child.terminate() for child in children]
    [child.join(20) for child in children]
    assert [child.exitcode for child in children] == [-15] * 4
    assert time.monotonic() - began < 15
    """
    assert status(body, slowly | endpoint | {"LABOTEL_SHUTDOWN_TIMEOUT": "20"}) == 0
    if dead:
        assert status(f"{SAY}\n    say(0)\n    order(1)", slowly) == 0
    assert said(receiver)[0] == 21 + dead
    assert said(receiver)[2:] == (21, 21)


def test_at_any_moment_of_a_flood_every_count_arrives(
    receiver: Receiver, slowly: dict[str, str], tmp_path: Path
) -> None:
    """A process that emits as fast as it can, ended at random moments: exact to the last event."""
    count = tmp_path / "count"
    body = f"""
    import mmap, struct
    shared = mmap.mmap(os.open({str(count)!r}, os.O_RDWR), 8)
    pack = struct.Struct("q").pack_into
    event = Ordered(size="small", order_id=1)
    n = 0
    while True:
        labotel.emit(event)
        n += 1
        pack(shared, 0, n)
    """
    env = slowly | {"OTEL_LOGS_EXPORTER": "none", "LABOTEL_SHUTDOWN_TIMEOUT": "20"}
    random, expected, ends = Random(6), 0, 5
    for _ in range(ends):
        count.write_bytes(bytes(8))
        process = subprocess.Popen([sys.executable, "-c", SCRIPT + textwrap.dedent(body)], env=env)
        with open(count, "r+b") as file, mmap.mmap(file.fileno(), 8) as shared:
            while not struct.unpack_from("q", shared)[0]:
                assert process.poll() is None
                time.sleep(0.001)
            time.sleep(random.uniform(0, 0.4))
            process.terminate()
            assert process.wait(60) == TERM
            expected += struct.unpack_from("q", shared)[0]
    # The one that was emitted and not yet noted, of each process.
    assert expected <= receiver.store.total("orders_total") <= expected + ends


def test_process_one_goes_on(receiver: Receiver, slowly: dict[str, str]) -> None:
    """In a container's first process the default of SIGTERM is to do nothing: so it stays.

    What waits is sent, because SIGKILL comes next.
    """
    unshare = shutil.which("unshare")
    command = [str(unshare), "--pid", "--fork", "--mount-proc"]
    if not unshare or subprocess.run([*command, "true"], check=False).returncode:
        pytest.skip("no pid namespace can be made here")
    body = f"""{SAY}
    assert os.getpid() == 1
    say(5)
    term()
    print("goes on", flush=True)
    os._exit(4)
    """
    script = SCRIPT + textwrap.dedent(body)
    done = subprocess.run(
        [*command, sys.executable, "-c", script],
        env=slowly, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert (done.stdout, done.returncode) == ("goes on\n", 4)
    assert said(receiver) == (5, 5, 5, 5)
