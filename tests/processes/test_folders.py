"""The runtime folder in every bad state: nothing raises, all is exported, and it is said once."""

import os
import shutil
import subprocess
import sys
import textwrap
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from labotel.viewer.receiver import Receiver
from running import SCRIPT, run

NOBODY = 65534
Mount = Callable[..., Path]


@pytest.fixture
def mount(tmp_path: Path) -> Iterator[Mount]:
    """Mount a small disk of memory; only root may, and not in every sandbox."""
    made: list[Path] = []

    def act(options: str) -> Path:
        place = tmp_path / f"disk-{len(made)}"
        place.mkdir()
        command = ["mount", "-t", "tmpfs", "-o", options, "none", str(place)]
        if os.getuid() or subprocess.run(command, capture_output=True, check=False).returncode:
            pytest.skip("no disk can be mounted here")
        made.append(place)
        return place

    yield act
    for place in made:
        subprocess.run(["umount", "--lazy", str(place)], check=True)


def talk(body: str, env: dict[str, str], *under: str) -> list[str]:
    """Run a body, under a command where one is given, and return labotel's lines."""
    done = subprocess.run(
        [*under, sys.executable, "-c", SCRIPT + textwrap.dedent(body)],
        env=env, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return [line for line in done.stderr.splitlines() if line.startswith("labotel: ")]


def check_alone(receiver: Receiver, lines: list[str], why: str) -> None:
    """The process was on its own: it said so once, and everything arrived."""
    assert len(lines) == 1
    assert why in lines[0]
    assert "LABOTEL_RUNTIME_DIR" in lines[0]
    assert receiver.store.total("orders_total") == 3
    assert len([r for r in receiver.logs if r.event_name == "shop.ordered"]) == 3
    assert receiver.store.total("labotel_faults_total", where="runtime_folder") == 1
    assert receiver.store.total("labotel_faults_total") == 1
    assert all(name.endswith("-r") for name in receiver.store.identities("orders_total"))


SAY = "order(3); time.sleep(2.5)"
"""So long that each thing which is done again and again is done twice."""


def test_a_read_only_disk(receiver: Receiver, environment: dict[str, str], mount: Mount) -> None:
    """From the start: a random identity, whose counts end with the process."""
    place = mount("ro")
    lines = talk(SAY, environment | {"LABOTEL_RUNTIME_DIR": str(place / "run")})
    check_alone(receiver, lines, "Read-only file system")


def test_a_folder_without_the_right_to_write(
    receiver: Receiver, environment: dict[str, str]
) -> None:
    """It is this user's, but closed."""
    place = Path(environment["LABOTEL_RUNTIME_DIR"])
    place.mkdir(mode=0o500)
    under: list[str] = []
    if not os.getuid():  # root may write everywhere, but for this
        under = ["setpriv", "--bounding-set", "-dac_override,-dac_read_search"]
        if not shutil.which("setpriv"):
            pytest.skip("setpriv is not there, and root may write everywhere")
    check_alone(receiver, talk(SAY, environment, *under), "Permission denied")


def test_another_users_folder(receiver: Receiver, environment: dict[str, str]) -> None:
    """Somebody else made it before: nothing is written there."""
    if os.getuid():
        pytest.skip("only root can give a folder away")
    place = Path(environment["LABOTEL_RUNTIME_DIR"])
    place.mkdir()
    os.chown(place, NOBODY, NOBODY)
    check_alone(receiver, talk(SAY, environment), "belongs to another user (uid 65534)")
    assert not list(place.iterdir())


def test_a_link(receiver: Receiver, environment: dict[str, str], tmp_path: Path) -> None:
    """It may lead anywhere: nothing is written where it points."""
    (tmp_path / "elsewhere").mkdir()
    Path(environment["LABOTEL_RUNTIME_DIR"]).symlink_to(tmp_path / "elsewhere")
    check_alone(receiver, talk(SAY, environment), "is a link")
    assert not list((tmp_path / "elsewhere").iterdir())


def test_a_file_in_its_place(receiver: Receiver, environment: dict[str, str]) -> None:
    """It is no folder, and stays what it is."""
    place = Path(environment["LABOTEL_RUNTIME_DIR"])
    place.write_text("mine")
    check_alone(receiver, talk(SAY, environment), "File exists")
    assert place.read_text() == "mine"


def test_a_disk_that_is_full(receiver: Receiver, environment: dict[str, str], mount: Mount) -> None:
    """What is counted is exported all the same; the next goes on from what was written last."""
    disk = mount("size=256k")
    env = environment | {"LABOTEL_RUNTIME_DIR": str(disk / "run")}
    lines = talk(
        f"""
        import pathlib, shutil
        disk = pathlib.Path({str(disk)!r})
        order(3)
        assert labotel.flush()
        (disk / "rest").write_bytes(bytes(shutil.disk_usage(disk).free))
        for _ in range(5):
            for n in range(20):
                labotel.emit(Ordered(size="large", order_id=n))
            time.sleep(0.5)
        """,
        env,
    )
    assert len(lines) == 1
    assert "slot_write" in lines[0]
    store = receiver.store
    assert store.total("orders_total") == 103
    assert store.total("labotel_faults_total", where="slot_write") >= 2
    (disk / "rest").unlink()
    assert not list(disk.glob("run/*/*.new")), "half a file was left"
    before = store.identities("orders_total")
    run("order(1)", env)
    assert store.identities("orders_total") == before


def test_a_damaged_slot_never_stops_a_start(
    receiver: Receiver, environment: dict[str, str]
) -> None:
    """Half of a file, as a machine's fall leaves it: it is set aside, counted and said once."""
    run("order(7)", environment)
    (slot,) = Path(environment["LABOTEL_RUNTIME_DIR"]).glob("*/slot-0.json")
    whole = slot.read_bytes()
    slot.write_bytes(whole[: len(whole) // 2])
    receiver.clear()
    lines = talk(SAY, environment)
    assert len(lines) == 1
    assert "slot-0.json is set aside as damaged" in lines[0]
    assert slot.with_suffix(".damaged").read_bytes() == whole[: len(whole) // 2]
    assert receiver.store.total("orders_total") == 3
    assert receiver.store.total("labotel_faults_total", where="slot_damaged") == 1
    assert talk("order(1)", environment) == []
    assert receiver.store.total("orders_total") == 4


def test_a_folder_that_vanishes_is_made_again(
    receiver: Receiver, environment: dict[str, str]
) -> None:
    """A cleaner of temporary folders: nothing is lost, and the next process goes on from it."""
    root = environment["LABOTEL_RUNTIME_DIR"]
    lines = talk(
        f"""
        import shutil
        order(3)
        assert labotel.flush()
        shutil.rmtree({root!r})
        order(4)
        time.sleep(2.5)
        """,
        environment,
    )
    assert lines == []
    assert receiver.store.total("orders_total") == 7
    (slot,) = Path(root).glob("*/slot-0.json")
    assert b",7," in slot.read_bytes()
    shutil.rmtree(root)
