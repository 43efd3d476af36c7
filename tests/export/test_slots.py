"""Slots: one each for the processes that live, taken again when one ends, however it ends."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from labotel.export import locks, slots, snapshot
from labotel.export.folder import RuntimeFolder
from labotel.export.slots import Lease, Slot
from labotel.signals.cells import Meter, Metric

# A newer Python warns of a fork where other threads live, as pytest-xdist's do.
pytestmark = pytest.mark.filterwarnings("ignore:This process:DeprecationWarning")


@pytest.fixture
def folder(tmp_path: Path) -> RuntimeFolder:
    """The folder of one service."""
    return RuntimeFolder(tmp_path, "lab", "x")


@pytest.fixture
def taken() -> Iterator[list[Slot]]:
    """Slots that are given back at the end."""
    made: list[Slot] = []
    yield made
    for slot in made:
        slot.release()


def totals(value: int) -> bytes:
    """Return a slot file's text with one counter."""
    meter = Meter()
    metric = Metric("lab_seen_total", "counter", ())
    metric.add((), 7).value = value
    meter.metrics[metric.name] = metric
    return snapshot.dump(meter)


def total(meter: Meter) -> int:
    """Return that counter's value."""
    return int(meter.metrics["lab_seen_total"].cells[()].value)


def test_the_lowest_free_slot_is_taken(folder: RuntimeFolder, taken: list[Slot]) -> None:
    """So that their number is bounded by how many processes live at once."""
    taken += [slots.take(folder) for _ in range(3)]
    assert [slot.number for slot in taken] == [0, 1, 2]
    taken[1].release()
    taken[0].release()
    taken += [slots.take(folder) for _ in range(3)]
    assert [slot.number for slot in taken[3:]] == [0, 1, 3]


def test_the_identity_is_the_folders_and_the_number(
    folder: RuntimeFolder, taken: list[Slot]
) -> None:
    """It is the `service.instance.id` of what the slot exports."""
    taken += [slots.take(folder), slots.take(folder)]
    assert [slot.identity for slot in taken] == ["x-0", "x-1"]


def test_releasing_twice_is_harmless(folder: RuntimeFolder, taken: list[Slot]) -> None:
    """The second time nothing happens, to whoever holds the slot by then."""
    first = slots.take(folder)
    first.release()
    taken.append(slots.take(folder))
    first.release()
    taken.append(slots.take(folder))
    assert [slot.number for slot in taken] == [0, 1]


def test_totals_are_there_for_the_next(folder: RuntimeFolder, taken: list[Slot]) -> None:
    """A slot that nobody had is empty; then it holds what was last written."""
    first = slots.take(folder)
    assert [first.load()[0].metrics, first.load()[1]] == [{}, None]
    first.save(totals(1))
    first.save(totals(41))
    first.release()
    taken.append(slots.take(folder))
    meter, damage = taken[0].load()
    assert (total(meter), damage) == (41, None)


HOLDER = """
import sys
from pathlib import Path
from labotel.export import slots
from labotel.export.folder import RuntimeFolder
slot = slots.take(RuntimeFolder(Path(sys.argv[1]), "lab", "x"))
print(slot.number, flush=True)
sys.stdin.read()
"""


def test_a_killed_holders_slot_is_taken_again(folder: RuntimeFolder, taken: list[Slot]) -> None:
    """SIGKILL: the kernel gives the lock back, and the totals are carried on."""
    command = [sys.executable, "-c", HOLDER, str(folder.root)]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "0\n"
        slots.file_of(folder, 0).write_bytes(totals(9))
        taken.append(slots.take(folder))
        assert taken[0].number == 1
        holder.send_signal(signal.SIGKILL)
        assert holder.wait(10) == -signal.SIGKILL
        taken.append(slots.take(folder))
    assert taken[1].number == 0
    assert total(taken[1].load()[0]) == 9


def in_child(act: object) -> None:
    """Run a function in a forked child, and wait for its good end."""
    pid = os.fork()
    if pid == 0:
        try:
            act()  # type: ignore[operator]
        except BaseException:
            os._exit(1)
        os._exit(0)
    assert os.waitpid(pid, 0)[1] == 0


def test_a_child_that_forgets_does_not_free_its_parents_slot(
    folder: RuntimeFolder, taken: list[Slot]
) -> None:
    """It closes its copies of the descriptors; the lock is still the parent's."""
    taken.append(slots.take(folder))
    in_child(locks.forget)
    taken.append(slots.take(folder))
    assert [slot.number for slot in taken] == [0, 1]


def test_a_child_takes_a_slot_of_its_own(folder: RuntimeFolder, taken: list[Slot]) -> None:
    """After it forgot what it inherited; its end gives the slot back."""
    taken.append(slots.take(folder))

    def child() -> None:
        locks.forget()
        assert slots.take(folder).number == 1

    in_child(child)
    taken.append(slots.take(folder))
    assert taken[1].number == 1


def test_a_parents_release_counts_while_a_child_lives(
    folder: RuntimeFolder, taken: list[Slot]
) -> None:
    """A child that forgot nothing (it never ran Python again) keeps no slot from others."""
    slot = slots.take(folder)
    reading, writing = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.close(writing)
        os.read(reading, 1)  # until the parent closes its end
        os._exit(0)
    os.close(reading)
    slot.release()
    taken.append(slots.take(folder))
    os.close(writing)
    os.waitpid(pid, 0)
    assert taken[0].number == 0


@pytest.mark.parametrize("text", [b"", b"{", b'{"version":99}', b"\xff\xff"])
def test_a_damaged_file_is_set_aside(folder: RuntimeFolder, taken: list[Slot], text: bytes) -> None:
    """It is kept for who wants to look, said, and never stops a start."""
    slots.file_of(folder, 0).write_bytes(text)
    taken.append(slots.take(folder))
    meter, damage = taken[0].load()
    assert meter.metrics == {}
    assert damage is not None
    assert "slot-0.json" in damage
    assert (folder.path / "slot-0.damaged").read_bytes() == text
    assert taken[0].load()[1] is None
    assert slots.numbers(folder) == []


def test_the_slots_with_totals_are_known_by_their_files(folder: RuntimeFolder) -> None:
    """In order; locks, damaged files and unfinished ones are none."""
    for name in ("slot-10.json", "slot-2.json", "slot-3.lock", "slot-4.damaged", "slot-x.json"):
        (folder.path / name).write_text("{}")
    (folder.path / "slot-5.json.77.new").write_text("{}")
    assert slots.numbers(folder) == [2, 10]


def test_idle_slots_are_those_with_totals_that_nobody_holds(
    folder: RuntimeFolder, taken: list[Slot]
) -> None:
    """One that is held, and one without totals, is not among them."""
    taken += [slots.take(folder) for _ in range(4)]
    for slot in taken[:3]:
        slot.save(totals(1))
    taken[0].release()
    taken[2].release()
    taken[3].release()
    with slots.idle(folder) as free:
        assert free == [0, 2]


def test_a_look_at_idle_slots_never_makes_a_taker_skip_one(
    folder: RuntimeFolder, taken: list[Slot]
) -> None:
    """Who wants a slot meanwhile waits for the end of the look and gets the lowest."""
    taken += [slots.take(folder), slots.take(folder)]
    for slot in taken:
        slot.save(totals(1))
        slot.release()
    taker = threading.Thread(target=lambda: taken.append(slots.take(folder)))
    with slots.idle(folder) as free:
        assert free == [0, 1]
        taker.start()
        taker.join(0.2)
        assert taker.is_alive()
    taker.join(10)
    assert taken[2].number == 0


def test_a_look_leaves_every_slot_free(folder: RuntimeFolder, taken: list[Slot]) -> None:
    """Even where it ends by an exception."""
    slots.file_of(folder, 0).write_bytes(totals(1))
    with pytest.raises(RuntimeError), slots.idle(folder):
        raise RuntimeError
    taken.append(slots.take(folder))
    assert taken[0].number == 0


def test_too_many_slots_are_an_error(
    folder: RuntimeFolder, taken: list[Slot], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Past any number of processes something forks for ever; the process goes on without one."""
    monkeypatch.setattr(slots, "MOST", 2)
    taken += [slots.take(folder), slots.take(folder)]
    with pytest.raises(OSError, match="all 2 slots"):
        slots.take(folder)
    taken[0].release()
    taken.append(slots.take(folder))
    assert taken[2].number == 0


def test_a_lease_is_held_by_one(tmp_path: Path) -> None:
    """Until it gives it back; who has it keeps it."""
    one, other = Lease(tmp_path / "lease.lock"), Lease(tmp_path / "lease.lock")
    assert [one.held(), other.held(), one.held()] == [True, False, True]
    one.release()
    assert [other.held(), one.held()] == [True, False]
    other.release()
