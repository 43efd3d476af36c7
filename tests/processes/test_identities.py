"""Who is who: no two deployments share an identity, and one that comes again keeps its own."""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from labotel.viewer.receiver import Receiver
from running import SCRIPT, run

ROOT = os.getuid() == 0
NOBODY = 65534
UNSHARE = ["unshare"] if ROOT else ["unshare", "--map-root-user"]
NAMED = [*UNSHARE, "--uts", "sh", "-c", 'hostname "$0" && exec "$@"']


def _possible(*command: str) -> bool:
    return subprocess.run([*UNSHARE, *command], capture_output=True, check=False).returncode == 0


needs_hosts = pytest.mark.skipif(
    not _possible("--uts", "true"), reason="this system lets nobody have a host name of its own"
)


def run_on(host: str, body: str, environment: dict[str, str]) -> "subprocess.Popen[bytes]":
    """Start a process that has a host name of its own, as a container has."""
    command = [*NAMED, host, sys.executable, "-W", "error", "-c", SCRIPT + body]
    return subprocess.Popen(command, env=environment, stdin=subprocess.PIPE)


def end(process: "subprocess.Popen[bytes]") -> None:
    """Let a process end, and see that it did so well."""
    process.communicate(timeout=60)
    assert process.returncode == 0


def identities(receiver: Receiver, service: str = "project") -> set[str]:
    """Return the instances of a service that said anything."""
    return {
        str(p.resource["service.instance.id"])
        for p in receiver.points
        if p.resource["service.name"] == service
    }


@needs_hosts
def test_two_containers_on_one_network(receiver: Receiver, environment: dict[str, str]) -> None:
    """Each has its own folder, and so its own identity, even under one host name."""
    for number, host in enumerate(("shop-a", "shop-b", "shop-b")):
        folder = {"LABOTEL_RUNTIME_DIR": f"{environment['LABOTEL_RUNTIME_DIR']}-{number}"}
        end(run_on(host, "order(2)", environment | folder))
    assert len(identities(receiver)) == 3
    assert receiver.store.total("orders_total") == 6


@needs_hosts
def test_a_host_name_is_no_part_of_it(receiver: Receiver, environment: dict[str, str]) -> None:
    """A container that is made anew has another, and would make new series with each."""
    for host in ("shop-c1f0", "shop-9e2b"):
        end(run_on(host, "order(2)", environment))
    assert len(identities(receiver)) == 1
    everything = repr(receiver.points) + repr(receiver.spans) + repr(receiver.logs)
    assert "shop-c1f0" not in everything and "shop-9e2b" not in everything


SERVICES = ("web", "web", "worker", "beat")


def live(receiver: Receiver, environment: dict[str, str], life: str) -> set[str]:
    """Let a container of each service live at once, and return who they were."""
    where = {"OTEL_EXPORTER_OTLP_ENDPOINT": receiver.endpoint}
    running = [
        run_on(
            f"{service}-{life}-{number}",
            "order(2); labotel.flush(20); sys.stdin.read()",
            environment | where | {"OTEL_SERVICE_NAME": service},
        )
        for number, service in enumerate(SERVICES)
    ]
    assert receiver.store.wait_for(lambda: len(receiver.store.identities()) == 4, 60)
    for process in running:
        end(process)
    return receiver.store.identities()


@needs_hosts
def test_services_that_share_a_volume_come_again(
    receiver: Receiver, environment: dict[str, str]
) -> None:
    """Two web containers, a worker and a beat, all made anew: each goes on where it was."""
    before = live(receiver, environment, "first")
    with Receiver() as later:
        assert live(later, environment, "second") == before
        assert later.store.total("orders_total") == 2 * 2 * len(SERVICES)
    assert len(identities(receiver, "web")) == 2


@pytest.mark.skipif(not ROOT, reason="only root can become another user")
def test_two_users_of_one_host(receiver: Receiver, environment: dict[str, str]) -> None:
    """By default each has a folder of its own in the temporary one, which the other cannot read."""
    with tempfile.TemporaryDirectory() as shared:
        os.chmod(shared, 0o1777)  # as /tmp is
        own = {n: v for n, v in environment.items() if n != "LABOTEL_RUNTIME_DIR"}
        own = own | {"TMPDIR": shared, "XDG_RUNTIME_DIR": ""}
        become = f"os.setgroups([]); os.setgid({NOBODY}); os.setuid({NOBODY})\n"
        run("order(1)", own)
        run(become + "order(2)", own)
        run(become + "order(3)", own)
        folders = {path.name: path.stat() for path in Path(shared).iterdir()}
    assert receiver.store.total("orders_total") == 6
    assert len(identities(receiver)) == 2
    assert {name: at.st_uid for name, at in folders.items()} == {
        "labotel-0": 0, f"labotel-{NOBODY}": NOBODY
    }  # fmt: skip
    assert all(at.st_mode & 0o077 == 0 for at in folders.values())


OVERLAYS = """
set -e
mount -t tmpfs none "$1"
cd "$1"
mkdir base layer
container() {  # its name, and the layers of its image: print the identity that it has
    mkdir -p "$1" "$1-upper" "$1-work"
    mount -t overlay overlay -o "lowerdir=$2,upperdir=$PWD/$1-upper,workdir=$PWD/$1-work" "$1"
    "$PYTHON" -c "
import sys
from pathlib import Path
from labotel.export.folder import RuntimeFolder
folder = RuntimeFolder(Path(sys.argv[1], 'labotel'), 'lab', None)
print(folder.instance, folder.path.stat().st_ino)" "$1"
    umount "$1"
}
container build "$PWD/base"
container one "$PWD/build-upper:$PWD/base"
container two "$PWD/build-upper:$PWD/base"
container one "$PWD/build-upper:$PWD/base"
"""


@pytest.fixture
def overlays(tmp_path: Path) -> list[list[str]]:
    """Identity and inode: in the build of an image, in two containers of it, in the first again."""
    mounts = ["--mount", "bash", "-c", OVERLAYS, "bash", str(tmp_path)]
    if not _possible("--mount", "sh", "-c", f"mount -t tmpfs none {tmp_path}"):
        pytest.skip("this system lets nobody mount")
    done = subprocess.run(
        [*UNSHARE, *mounts], env={**os.environ, "PYTHON": sys.executable},
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    return [line.split() for line in done.stdout.splitlines()]


def test_an_image_with_a_folder_inside(overlays: list[list[str]]) -> None:
    """Its containers see one inode, in one boot; each is another deployment, and stays itself."""
    build, one, two, again = overlays
    assert build[1] == one[1] == two[1]
    assert len({build[0], one[0], two[0]}) == 3
    assert again == one
