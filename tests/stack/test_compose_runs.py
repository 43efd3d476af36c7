"""The compose project on this machine: its very commands, variables, files and health checks."""

import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from engines import binary
from labotel.viewer.receiver import Receiver
from running import clean_environment, free_port, run

from . import compose_projects as projects
from .backends import COMPOSE
from .compose_native import Native
from .loki import Loki
from .prometheus import Prometheus
from .servers import Server

pytestmark = pytest.mark.timeout(300)

STORES = ("prometheus", "loki", "alertmanager")


class Running:
    """The services that can run here, and an application that sends to them."""

    def __init__(self, folder: Path, receiver: Receiver) -> None:
        self.env_file = projects.secrets(folder)
        self.receiver = receiver
        tempo = int(receiver.endpoint.rpartition(":")[2])
        made = projects.made("base", self.env_file)
        self.native = Native(made, folder, {("tempo", 4328): tempo})
        self.token = self.native.environment("collector")["OTLP_TOKEN"]
        self.servers = {name: self._server(name) for name in (*STORES, "collector")}
        self.folder = folder
        self.began = time.time()

    def _server(self, name: str) -> Server:
        # What a container has for itself, and processes of one machine have not.
        port = self.native.address("loki", 3100).rpartition(":")[2]
        more = {
            "loki": {"LOKI_HTTP_LISTEN_PORT": port, "LOKI_GRPC_LISTEN_PORT": str(free_port())},
            "alertmanager": {"ALERTMANAGER_BINARY": str(binary("alertmanager"))},
            "collector": {"COLLECTOR_STORAGE": str(self.native.volume("collector"))},
        }
        return self.native.server(name, **more.get(name, {}))

    def order(self, number: int) -> None:
        """Let an application say that so many were ordered."""
        env = clean_environment() | {
            "PYTHONPATH": str(Path(__file__).parents[1]),
            "OTEL_EXPORTER_OTLP_ENDPOINT": f"http://{self.native.address('collector', 4318)}",
            "OTEL_EXPORTER_OTLP_HEADERS": f"authorization=Bearer%20{self.token}",
            "OTEL_SERVICE_NAME": "shop",
            "LABOTEL_RUNTIME_DIR": str(self.folder / "runtime"),
        }
        run(f"order({number})\nassert labotel.shutdown(20)", env)

    def ordered(self) -> float:
        """How many Prometheus knows of; 0 where it knows none."""
        metrics = Prometheus(f"http://{self.native.address('prometheus', 9090)}")
        found = metrics.query("sum(max_over_time(orders_total[1h]))")
        return found[0][1] if found else 0

    def lines(self) -> int:
        """How many lines of them Loki has."""
        logs = Loki(f"http://{self.native.address('loki', 3100)}", self.began)
        return len(logs.lines('{service_name="shop"} | event_name="shop.ordered"', time.time()))

    def wait_for(self, number: int) -> None:
        """Wait until both have so many."""
        end = time.monotonic() + 60
        while (self.ordered(), self.lines()) != (number, number):
            assert time.monotonic() < end, (self.ordered(), self.lines())
            time.sleep(0.5)


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """All of them, until the last test is over."""
    with ExitStack() as begun:
        receiver = begun.enter_context(Receiver())
        made = Running(tmp_path_factory.mktemp("compose"), receiver)
        for server in made.servers.values():
            begun.callback(server.stop)
            server.start()
        yield made


def archive(running: Running, *words: str) -> "subprocess.CompletedProcess[str]":
    """Run `compose/archive` on the volumes."""
    backups = running.folder / "backups"
    backups.mkdir(exist_ok=True)
    env = {"ARCHIVE_DATA": str(running.folder / "archived"), "ARCHIVE_FOLDER": str(backups)}
    return subprocess.run(
        ["sh", str(COMPOSE / "archive"), *words], env=clean_environment() | env,
        capture_output=True, text=True, check=False,
    )  # fmt: skip


def test_what_is_said_arrives(running: Running) -> None:
    """In both stores, from an application with the address and the token of the files."""
    running.order(3)
    running.wait_for(3)


def test_nobody_sends_without_the_token(running: Running) -> None:
    """Neither with none nor with another."""
    address = f"http://{running.native.address('collector', 4318)}/v1/metrics"
    kind = {"Content-Type": "application/x-protobuf"}
    for headers in (kind, kind | {"Authorization": "Bearer another"}):
        request = urllib.request.Request(address, b"", headers)
        with pytest.raises(urllib.error.HTTPError) as refused:
            urllib.request.urlopen(request, timeout=10)
        assert refused.value.code == 401
        refused.value.close()


def test_the_health_checks_say_yes_and_no(running: Running) -> None:
    """Each as its image would run it; of a service that is stopped it says no."""
    at = running.native.address("loki", 3100)
    loki = f"-health.url=http://{at}/ready"  # by default it asks port 3100
    for name, more in (("prometheus", []), ("alertmanager", []), ("loki", [loki])):
        assert running.native.check(name, *more) == 0
        running.servers[name].stop()
        assert running.native.check(name, *more) != 0
        running.servers[name].start()


def test_a_backup_is_brought_back_and_nothing_is_lost_meanwhile(running: Running) -> None:
    """The stores stand still, the Collector goes on: what was said waits for them."""
    # The archive's service mounts each volume below /data.
    (running.folder / "archived").symlink_to(running.folder / "volumes")
    before = running.lines()
    for name in STORES:
        running.servers[name].stop()
    saved = archive(running, "save")
    assert saved.returncode == 0 and not saved.stderr, saved.stderr
    name = saved.stdout.strip()
    running.order(2)
    for store in STORES:
        running.servers[store].start()
    running.wait_for(before + 2)
    for store in STORES:
        running.servers[store].stop()
    for path in (running.folder / "volumes").glob("*/*"):
        if path.parent.name in STORES:
            subprocess.run(["rm", "-rf", str(path)], check=True)
    assert archive(running, "restore", name).returncode == 0
    for store in STORES:
        running.servers[store].start()
    running.wait_for(before)


def test_a_damaged_archive_is_refused(running: Running) -> None:
    """What is there stays."""
    backups = running.folder / "backups"
    [whole] = backups.glob("labotel-*.gz")
    damaged = backups / "labotel-damaged.tar.gz"
    damaged.write_bytes(whole.read_bytes()[:-100])
    text = (backups / f"{whole.name}.sha256").read_text().replace(whole.name, damaged.name)
    (backups / f"{damaged.name}.sha256").write_text(text)
    before = running.lines()
    for words, said in [
        (["restore", damaged.name], "labotel-damaged.tar.gz is damaged"),
        (["restore", "../x"], "needs the name of an archive"),
        (["restore", "none.tar.gz"], "none.tar.gz is not there; there is: labotel-"),
        (["destroy"], "'destroy' is no command; allowed: save, restore FILE, list"),
    ]:
        refused = archive(running, *words)
        assert refused.returncode == 1 and said in refused.stderr, refused.stderr
    assert running.lines() == before


@pytest.mark.parametrize("which", ["base", "nginx", "laboratory", "production"])
@pytest.mark.parametrize("name", ["collector", "agent"])
def test_a_collectors_files_are_good_together(which: str, name: str, tmp_path: Path) -> None:
    """The Collector itself reads what it is told to, with the variables that it is given."""
    native = Native(projects.made(which, projects.secrets(tmp_path)), tmp_path, {})
    done = subprocess.run(
        [str(binary("labotel-collector")), "validate", *native.command(name)],
        env={**native.environment(name), "COLLECTOR_STORAGE": str(tmp_path)},
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    ("secret", "said"),
    [
        ("change-me-please-now", "OTLP_TOKEN is an example's"),
        ("MY-SECRET-PASSWORD-1", "OTLP_TOKEN is an example's"),
        ("short", "OTLP_TOKEN has 5 characters; allowed: 16 or more"),
        ("with a blank in it or two", "OTLP_TOKEN must be of A-Z a-z 0-9 _ - alone"),
        (None, ""),
    ],
)
def test_the_guard_lets_nothing_start_with_an_examples_secret(
    secret: str | None, said: str, tmp_path: Path
) -> None:
    """It says which, and what to do."""
    changed = {} if secret is None else {"OTLP_TOKEN": secret}
    native = Native(projects.made("base", projects.secrets(tmp_path), **changed), tmp_path, {})
    done = subprocess.run(
        native.command("guard"), env=native.environment("guard") | {"PATH": "/usr/bin:/bin"},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stderr[: len(said)]) == (1 if said else 0, said)
    assert bool(done.stderr) == bool(said)
