"""The host's metrics, against what psutil says in the same moments."""

import sys
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from labotel.integrations.known import problems
from labotel.viewer.receiver import Receiver
from running import python

RunDjango = Callable[..., str]
DISKS = ("disk_size_bytes", "disk_usage_bytes", "disk_available_bytes")


def values(receiver: Receiver, name: str, *labels: str) -> dict[tuple[str, ...], float]:
    """What stands at the receiver, by the labels' values."""
    return {
        tuple(str(p.attributes[label]) for label in labels): p.value or 0
        for p in receiver.points
        if p.name == name
    }


def test_memory_and_disks_are_psutils(receiver: Receiver, run_django: RunDjango) -> None:
    """Sizes to the byte, what changes meanwhile to a tenth."""
    run_django("work()\nlabotel.flush(10)\nlabotel.shutdown()")
    memory = psutil.virtual_memory()
    found = values(receiver, "memory_usage_bytes", "type")
    assert found["total",] == memory.total
    assert found["available",] == pytest.approx(memory.available, rel=0.1)
    assert found["used",] == pytest.approx(memory.used, abs=memory.total / 10)
    kinds = {p.mountpoint: p.fstype for p in psutil.disk_partitions(all=True)}
    for name, figure in zip(DISKS, ("total", "used", "free"), strict=True):
        disks = values(receiver, name, "mountpoint", "filesystem")
        assert ("/", kinds["/"]) in disks
        for (mountpoint, filesystem), value in disks.items():
            assert filesystem == kinds[mountpoint]
            assert Path(mountpoint).is_dir()
            assert value == pytest.approx(getattr(psutil.disk_usage(mountpoint), figure), rel=0.1)


def test_each_core_of_the_host_is_read(receiver: Receiver, run_django: RunDjango) -> None:
    """As many as psutil counts, each between idle and busy; the first reading says nothing."""
    out = run_django(
        """
        work()
        print(total("cpu_usage_percent"))
        time.sleep(0.2)
        labotel.flush(10)
        labotel.shutdown()
        """
    )
    assert out == "0\n"
    found = values(receiver, "cpu_usage_percent", "core")
    assert set(found) == {(str(core),) for core in range(psutil.cpu_count() or 0)}
    assert all(0 <= busy <= 100 for busy in found.values())


def test_a_core_is_as_busy_as_psutil_says(
    receiver: Receiver, run_django: RunDjango, tmp_path: Path
) -> None:
    """Of 100 ticks 50 were worked, 20 of them for a guest; waiting for a disk is not working."""
    out = run_django(
        """
        import pathlib, psutil
        stat = pathlib.Path(os.environ["PROC"], "stat")
        stat.parent.mkdir()
        psutil.PROCFS_PATH = str(stat.parent)
        work()
        for row in ("1000 0 1000 8000 70 0 0 0 500 0", "1050 0 1000 8030 90 0 0 0 520 0"):
            stat.write_text(f"cpu {row}\\ncpu0 {row}\\ncpu1 9 0 9 9 0 0 0 0 0 0\\n")
            expected = psutil.cpu_percent(percpu=True)
            labotel.flush(10)
        print(expected)
        labotel.shutdown()
        """,
        PROC=str(tmp_path / "proc"),
    )
    assert out == "[50.0, 0.0]\n"
    found = values(receiver, "cpu_usage_percent", "core")
    assert found == {("0",): 50.0}  # no time passed for the other


def test_traffic_is_what_went_over_an_interface(receiver: Receiver, run_django: RunDjango) -> None:
    """Over the loopback: at least what is sent here, at most what psutil counted meanwhile."""
    out = run_django(
        """
        import psutil, socket
        SENT = 3_000_000
        counted = lambda: psutil.net_io_counters(pernic=True)["lo"].bytes_recv
        before = counted()
        work()
        labotel.flush(10)
        listener = socket.create_server(("127.0.0.1", 0))
        line = socket.create_connection(listener.getsockname())
        taker, _ = listener.accept()
        threading.Thread(target=line.sendall, args=(bytes(SENT),)).start()
        left = SENT
        while left > 0:
            left -= len(taker.recv(65536))
        labotel.flush(10)
        after = counted()
        labotel.flush(10)  # what is told in a reading goes out with the next export
        print(SENT, after - before)
        labotel.shutdown()
        """
    )
    sent, most = map(int, out.split())
    found = values(receiver, "network_traffic_bytes_total", "interface", "direction")
    assert sent <= found["lo", "receive"]
    # The second flush reads once more: its own request and the answer may be in it.
    assert found["lo", "receive"] <= most + 200_000


NET = """
import pathlib, psutil
proc = pathlib.Path(os.environ["PROC"])
(proc / "net").mkdir(parents=True)
psutil.PROCFS_PATH = str(proc)

def interfaces(**counted):
    rows = [f"{n}: {r} 0 0 0 0 0 0 0 {t} 0 0 0 0 0 0 0" for n, (r, t) in counted.items()]
    (proc / "net" / "dev").write_text("\\n".join(["Inter-|", " face |", *rows, ""]))
"""


def test_traffic_needs_no_gauge_of_labotels(
    receiver: Receiver, run_django: RunDjango, tmp_path: Path
) -> None:
    """An application that reads the cores itself still has its interfaces."""
    run_django(
        NET
        + """
from labotel.catalogs.host import CPU_USAGE
labotel.gauge(CPU_USAGE)(lambda: [("0", 12.5)])
work()
for received in (1000, 1500):
    interfaces(eth0=(received, 0))
    labotel.flush(10)
labotel.flush(10)
labotel.shutdown()
""",
        PROC=str(tmp_path / "proc"),
    )
    assert values(receiver, "cpu_usage_percent", "core") == {("0",): 12.5}
    assert receiver.store.total("network_traffic_bytes_total", direction="receive") == 500


def test_a_counter_that_went_back_counts_nothing_that_time(
    receiver: Receiver, run_django: RunDjango, tmp_path: Path
) -> None:
    """A device that came anew; one that comes later begins at what it has."""
    run_django(
        NET
        + """
work()
for counted in (
    {"eth0": (1000, 500)},                      # the base
    {"eth0": (1500, 500)},                      # 500 received
    {"eth0": (100, 700), "eth1": (9000, 0)},    # it went back; 200 sent
    {"eth0": (300, 700), "eth1": (9001, 0)},    # 200 received; 1 received
):
    interfaces(**counted)
    labotel.flush(10)
labotel.flush(10)
labotel.shutdown()
""",
        PROC=str(tmp_path / "proc"),
    )
    assert values(receiver, "network_traffic_bytes_total", "interface", "direction") == {
        ("eth0", "receive"): 700,
        ("eth0", "transmit"): 200,
        ("eth1", "receive"): 1,
        ("eth1", "transmit"): 0,
    }


def test_a_forked_child_counts_nothing_of_its_parents(
    receiver: Receiver, run_django: RunDjango, tmp_path: Path
) -> None:
    """The child reads when its parent has gone; what the parent counted after the fork is its."""
    run_django(
        NET
        + """
def reading(received):
    interfaces(eth0=(received, 0))
    labotel.flush(10)
work()
reading(1000)
reading(2000)                  # 1000, by the parent
mine, parents = os.pipe()
pid = os.fork()
if pid == 0:
    os.read(mine, 1)
    work()
    reading(3000)              # the child's base
    reading(3500)              # 500
    labotel.flush(10)
    labotel.shutdown()
    os._exit(0)
reading(3000)                  # 1000, by the parent
labotel.shutdown()
os.write(parents, b"x")
os.waitpid(pid, 0)
""",
        PROC=str(tmp_path / "proc"),
    )
    assert receiver.store.total("network_traffic_bytes_total", direction="receive") == 2500


def test_what_cannot_be_read_is_missing_alone(
    receiver: Receiver, run_django: RunDjango, tmp_path: Path
) -> None:
    """A container that hides a file of /proc: its metric is counted as a fault, the others stay."""
    run_django(
        """
        import pathlib, psutil
        proc = pathlib.Path(os.environ["PROC"])
        for name in ("stat", "filesystems", "self/mounts", "net/dev"):
            (proc / name).parent.mkdir(parents=True, exist_ok=True)
            (proc / name).write_bytes(pathlib.Path("/proc", name).read_bytes())
        psutil.PROCFS_PATH = str(proc)
        work()
        for _ in range(2):
            labotel.flush(10)
        labotel.shutdown()
        """,
        PROC=str(tmp_path / "proc"),
    )
    assert values(receiver, "memory_usage_bytes", "type") == {}
    assert values(receiver, "disk_size_bytes", "mountpoint")["/",] > 0
    assert ("lo", "receive") in values(
        receiver, "network_traffic_bytes_total", "interface", "direction"
    )
    assert receiver.store.total("labotel_faults_total") == receiver.store.total(
        "labotel_faults_total", where="gauge_memory_usage_bytes"
    )


def test_one_process_of_the_host_reads(receiver: Receiver, run_django: RunDjango) -> None:
    """Two processes that both have work, at once: the host stands once."""
    run_django(
        """
        import subprocess, sys
        work()
        labotel.flush(10)
        other = "import django; django.setup(); import labotel; from project import telemetry;"
        other += "labotel.emit(telemetry.Ordered(size='large', order_id=1)); labotel.flush(10)"
        subprocess.run([sys.executable, "-c", other], check=True)
        labotel.shutdown()
        """
    )
    assert len(receiver.store.identities("orders_total")) == 2
    assert len(receiver.store.identities("memory_usage_bytes")) == 1


def test_a_process_without_work_of_its_own_reads_no_host(
    receiver: Receiver, run_django: RunDjango
) -> None:
    """Queries and caches are background: a short command takes the lease from nobody."""
    run_django(
        """
        from django.core.cache import cache
        from django.db import connection
        cache.set("a", 1)
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        labotel.flush(10)
        labotel.flush(10)
        labotel.shutdown()
        """
    )
    assert receiver.store.total("cache_operations_total") == 1
    assert receiver.store.total("database_query_duration_seconds") == 1
    assert values(receiver, "memory_usage_bytes", "type") == {}


def test_psutil_is_imported_where_labotel_is_configured(environment: dict[str, str]) -> None:
    """On that thread, before any other one of labotel's is there to be surprised by a fork."""
    script = "import sys, labotel; labotel.configure(); print('psutil' in sys.modules)"
    assert python(script, environment) == "True\n"


def test_without_psutil_the_choice_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    """By default it is left out; chosen, it is a problem that names the extra."""
    assert problems(["host"]) == []
    monkeypatch.setitem(sys.modules, "psutil", None)
    assert problems(None) == []
    assert problems(["host"]) == [
        """instrument names 'host', which is not installed: pip install "labotel[host]\""""
    ]
