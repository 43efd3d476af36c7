"""SIGKILL at a random moment: how much of what a process said is lost, with the defaults."""

import mmap
import struct
import subprocess
import sys
import time
from pathlib import Path
from random import Random

from labotel.viewer.receiver import Receiver
from running import SCRIPT

KILLS = 8
"""Processes that are killed, all at once; docs/reliability.md has the figures of four such runs."""
EVENTS = 10_000
TICK = struct.Struct("q")
BOUND = 5_000
"""In ms: a slot is written each second, records and spans go out after 1 s and 2 s; a metric
interval is 15 s. The rest is for a machine that is busy."""

BODY = """
import mmap, struct
from opentelemetry import trace
shared = mmap.mmap(os.open(sys.argv[1], os.O_RDWR), 0)
tracer = trace.get_tracer("app")
pack = struct.Struct("q").pack_into
for n in range({events}):
    with tracer.start_as_current_span("work", attributes={{"n": n}}):
        labotel.emit(Ordered(size="small", order_id=n))
    pack(shared, 8 * n, time.monotonic_ns())
    time.sleep(0.002)
"""

NEXT = SCRIPT + "labotel.emit(Ordered(size='large', order_id=0))\nassert labotel.shutdown(60)\n"


def speaker(env: dict[str, str], notes: Path) -> "subprocess.Popen[bytes]":
    """Start a process that says something each 2 ms."""
    notes.write_bytes(bytes(8 * EVENTS))
    body = SCRIPT + BODY.format(events=EVENTS)
    return subprocess.Popen([sys.executable, "-c", body, str(notes)], env=env)


def said(notes: Path) -> list[int]:
    """Return when each event was said."""
    with open(notes, "rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as all_:
        return [when for (when,) in TICK.iter_unpack(all_) if when]


def kill_all(running: "list[subprocess.Popen[bytes]]", notes: list[Path]) -> list[int]:
    """Kill each at a random moment of its life, and return when it last said something."""
    random = Random(6)
    moments = [random.uniform(3, 9) for _ in running]
    ends: dict[int, int] = {}
    while len(ends) < len(running):
        for n, process in enumerate(running):
            times = said(notes[n])
            if n not in ends and times and time.monotonic_ns() - times[0] > moments[n] * 1e9:
                process.kill()
                process.wait(20)
                ends[n] = said(notes[n])[-1]
        time.sleep(0.05)
    return [ends[n] for n in range(len(running))]


def arrived(receiver: Receiver, service: str) -> dict[str, int]:
    """Return how much of what a service said arrived, by signal."""
    counts = [p for p in receiver.points if p.name == "orders_total"]
    records = [r for r in receiver.logs if r.event_name == "shop.ordered"]
    spans = [s for s in receiver.spans if s.name == "work"]
    small = (service, "small")
    return {
        "counts": sum(
            int(p.value or 0)
            for p in counts
            if (p.resource["service.name"], p.attributes["size"]) == small
        ),
        "log records": sum(
            (r.resource["service.name"], r.attributes["size"]) == small for r in records
        ),
        "spans": sum(s.resource["service.name"] == service for s in spans),
    }


def test_a_killed_process_loses_less_than_one_export(
    environment: dict[str, str], receiver: Receiver, tmp_path: Path
) -> None:
    """Counts since the slot was written, records and spans since they were sent, and no more."""
    for name in ("METRIC_EXPORT_INTERVAL", "BSP_SCHEDULE_DELAY", "BLRP_SCHEDULE_DELAY"):
        del environment[f"OTEL_{name}"]
    envs = [environment | {"OTEL_SERVICE_NAME": f"killed-{n}"} for n in range(KILLS)]
    notes = [tmp_path / f"notes-{n}" for n in range(KILLS)]
    running = [speaker(env, note) for env, note in zip(envs, notes, strict=True)]
    ends = kill_all(running, notes)
    for env in envs:
        subprocess.run([sys.executable, "-c", NEXT], env=env, timeout=60, check=True)
    lost: dict[str, list[float]] = {"counts": [], "log records": [], "spans": []}
    for n, end in enumerate(ends):
        times = said(notes[n])
        for signal, count in arrived(receiver, f"killed-{n}").items():
            assert count <= len(times) + 1  # the last may be said and not yet noted
            known = times[min(count, len(times)) - 1] if count else times[0]
            lost[signal].append((end - known) / 1e6)
    for signal, figures in lost.items():
        sys.stdout.write(f"{signal}: {sorted(map(round, figures))} ms\n")
        assert max(figures) < BOUND
