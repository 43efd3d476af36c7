"""Chosen paths: their disks, and whether they are there, can be read and written to."""

import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from labotel.catalogs.paths import MOST as ROOM
from labotel.export.namedpaths import MOST, named_paths
from labotel.instrumentation.paths import PathObserver
from labotel.viewer.receiver import Receiver

RunDjango = Callable[..., str]
USED = "work()\nlabotel.flush(10)\nlabotel.shutdown()"


def by_label(receiver: Receiver, name: str, label: str) -> dict[tuple[str, str], float]:
    """What stands at the receiver, by the path's name and another label."""
    return {
        (str(p.attributes["path"]), str(p.attributes[label])): p.value or 0
        for p in receiver.points
        if p.name == name
    }


def test_the_disk_of_a_path_by_its_name(
    receiver: Receiver, run_django: RunDjango, tmp_path: Path
) -> None:
    """Sizes as `df` has them; a path without a name is called by itself."""
    run_django(USED, LABOTEL_DISK_PATHS=f"data={tmp_path}, /")
    found = by_label(receiver, "path_usage_bytes", "type")
    for name, path in (("data", tmp_path), ("/", Path("/"))):
        usage = shutil.disk_usage(path)
        assert found[name, "total"] == usage.total
        assert found[name, "used"] == pytest.approx(usage.used, rel=0.1)
        assert found[name, "free"] == pytest.approx(usage.free, rel=0.1)
    assert {path for path, _ in found} == {"data", "/"}


def test_nothing_is_read_where_nothing_was_chosen(
    receiver: Receiver, run_django: RunDjango
) -> None:
    """The default."""
    run_django(USED)
    assert by_label(receiver, "path_usage_bytes", "type") == {}
    assert by_label(receiver, "path_accessible", "access") == {}


def test_what_is_not_there_is_told_from_what_may_not_be_used(
    receiver: Receiver, run_django: RunDjango, tmp_path: Path
) -> None:
    """Not found: it does not exist, and has no disk."""
    file = tmp_path / "file"
    file.write_text("")
    paths = f"there={tmp_path},gone={tmp_path}/gone,below={file}/below,file={file}"
    run_django(USED, LABOTEL_DISK_PATHS=paths)
    found = by_label(receiver, "path_accessible", "access")
    for name, there in (("there", 1), ("gone", 0), ("below", 0), ("file", 1)):
        shown = {access: found[name, access] for access in ("exists", "readable", "writable")}
        assert shown == dict.fromkeys(shown, there), name
    disks = {path for path, _ in by_label(receiver, "path_usage_bytes", "type")}
    assert disks == {"there", "file"}


@pytest.fixture
def open_path() -> Iterator[Path]:
    """A folder to which every user finds the way; pytest's own are closed to others."""
    with tempfile.TemporaryDirectory() as made:
        Path(made).chmod(0o755)
        yield Path(made)


def test_permissions_are_those_of_the_user_that_the_process_became(open_path: Path) -> None:
    """Readable, not writable; neither; and below a folder that may not be looked into, no word."""
    if os.geteuid() != 0:
        pytest.skip("becomes another user")
    for name, mode in (("read", 0o755), ("closed", 0o700), ("list", 0o744)):
        (open_path / name).mkdir()
        (open_path / name).chmod(mode)
    (open_path / "closed" / "inner").mkdir()
    paths = {n: str(open_path / n) for n in ("read", "closed", "list", "closed/inner")}
    script = f"""
import os
from labotel.instrumentation.paths import PathObserver
os.seteuid(65534)
for row in PathObserver(lambda: {paths!r})._accessible():
    print(*row)
"""
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert done.stdout.splitlines() == [
        "read exists 1", "read readable 1", "read writable 0",
        "closed exists 1", "closed readable 0", "closed writable 0",
        "list exists 1", "list readable 0", "list writable 0",
        "closed/inner readable 0", "closed/inner writable 0",
    ]  # fmt: skip


def test_disconnected_it_gives_its_gauges_back() -> None:
    """Nobody supplies them any more."""
    from labotel.events.gauges import suppliers

    observer = PathObserver(dict)
    observer.connect()
    assert {"path_usage_bytes", "path_accessible"} <= set(suppliers)
    observer.disconnect()
    assert {"path_usage_bytes", "path_accessible"} & set(suppliers) == set()


def test_the_setting_is_read_from_each_form() -> None:
    """A text with commas, a list, a mapping."""
    expected = {"data": "/srv/data", "/var/lib": "/var/lib"}
    assert named_paths("data=/srv/data, /var/lib,") == expected
    assert named_paths(["data=/srv/data", Path("/var/lib")]) == expected
    assert named_paths({"data": Path("/srv/data"), "/var/lib": "/var/lib"}) == expected
    assert named_paths("/srv/a=b") == {"/srv/a=b": "/srv/a=b"}
    assert MOST == ROOM


@pytest.mark.parametrize(
    ("raw", "complaint"),
    [
        ("data=srv", "'srv' is no whole path; allowed: paths from the root on, as in 'data=/srv"),
        ("a=/x,a=/y", "'a' is there twice; allowed: each name once"),
        (7, "allowed: a list of paths, as in 'data=/srv/data, /var/lib'"),
        ([7], "allowed: names of at most 200 characters"),
        ({"": "/srv"}, "allowed: names of at most 200 characters"),
        ({"a": "/s\0v"}, "is no whole path"),
        ([f"/{n}" for n in range(101)], "101 paths; allowed: at most 100"),
    ],
)
def test_a_wrong_one_says_what_is_allowed(raw: object, complaint: str) -> None:
    """By the value."""
    with pytest.raises(ValueError, match=re.escape(complaint)):
        named_paths(raw)
