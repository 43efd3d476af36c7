"""A process's signals are its main thread's: none of labotel's threads takes one."""

import signal
import subprocess
import sys
import time

from running import SCRIPT, python, run

MASKS = """
from pathlib import Path
def blocked():
    "Return the signals that each thread blocks, as the kernel says, by its name."
    masks = {}
    for task in Path("/proc/self/task").iterdir():
        lines = dict(line.split(":", 1) for line in (task / "status").read_text().splitlines())
        mask = int(lines["SigBlk"], 16)
        masks.setdefault(task.name, set()).update(n for n in range(1, 65) if mask >> n - 1 & 1)
    return masks
"""
PATIENT = """
import signal
class Woken(Exception): pass
def wake(*_): raise Woken
signal.signal(signal.SIGUSR1, wake)
order(1)
labotel.flush()
for _ in range(20):
    try:
        print("ready", flush=True)
        time.sleep(30)
    except Woken: pass
"""


def test_labotels_threads_block_them(environment: dict[str, str]) -> None:
    """All that come from outside, and none that says of a thread's own fault; the main one none."""
    found = run(
        MASKS + "order(1); labotel.flush()\n"
        "of = blocked(); main = of.pop(str(os.getpid()))\n"
        "import signal\n"
        "outside = {2, 10, 12, 14, 15, 17}; own = {4, 6, 7, 8, 11}\n"
        "assert all(outside <= mask and not own & mask for mask in of.values()), of\n"
        "print(len(of), sorted(main))",
        environment,
    )
    count, main = found.split(" ", 1)
    assert int(count) >= 2
    assert main == "[]\n"


def test_greenlets_leave_the_main_threads(environment: dict[str, str]) -> None:
    """Where gevent made labotel's threads greenlets of the main one, that one blocks nothing."""
    found = python(
        "from gevent import monkey; monkey.patch_all()\n"
        + SCRIPT
        + MASKS
        + "order(1); labotel.flush(); print(blocked()[str(os.getpid())])",
        environment,
    )
    assert found == "set()\n"


def test_a_signal_ends_what_the_main_thread_waits_in(environment: dict[str, str]) -> None:
    """Also one that came while the process stood still, which any of its threads may take."""
    command = [sys.executable, "-c", SCRIPT + PATIENT]
    began = time.monotonic()
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        try:
            for _ in range(20):
                assert process.stdout.readline() == b"ready\n"
                time.sleep(0.05)
                for sign in (signal.SIGSTOP, signal.SIGUSR1, signal.SIGCONT):
                    process.send_signal(sign)
            assert process.wait(25) == 0
        finally:
            process.kill()
    assert time.monotonic() - began < 25
