"""The runtime folder: one identity for the processes that share it, a new one for a copy."""

import json
import os
import shutil
import stat
import threading
from pathlib import Path

import pytest

from labotel.export import folder
from labotel.export.folder import RuntimeFolder, file_name, location


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A folder that is still to be made."""
    return tmp_path / "run" / "labotel"


def test_the_chosen_folder_is_used(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """As set, else below XDG_RUNTIME_DIR, else one for the user in the temporary folder."""
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    monkeypatch.setattr("tempfile.tempdir", "/somewhere/tmp")
    assert location("/chosen") == Path("/chosen")
    assert location(None) == tmp_path / "labotel"
    monkeypatch.setenv("XDG_RUNTIME_DIR", "/no/such/folder")
    assert location(None) == Path(f"/somewhere/tmp/labotel-{os.getuid()}")
    monkeypatch.delenv("XDG_RUNTIME_DIR")
    assert location(None) == Path(f"/somewhere/tmp/labotel-{os.getuid()}")


def test_the_identity_is_kept(root: Path) -> None:
    """Every process that opens the folder is of the same deployment."""
    first = RuntimeFolder(root, "lab", None)
    again = RuntimeFolder(root, "lab", None)
    assert first.instance == again.instance
    assert len(first.instance) >= 16


def test_each_service_has_its_own(root: Path) -> None:
    """Slots are numbered for each service name, however alike two names are as files."""
    names = ["lab", "Lab", "lab/web", "lab web", "../lab", "", "é" * 100, "é" * 101, "\udc80"]
    folders = [RuntimeFolder(root, name, None) for name in names]
    assert len({f.path for f in folders}) == len(names)
    assert len({f.instance for f in folders}) == len(names)
    assert all(f.path.parent == root for f in folders)
    assert len({file_name(name).lower() for name in names}) == len(names)


def test_a_chosen_instance_is_the_identity(root: Path) -> None:
    """LABOTEL_INSTANCE, as given by who runs the deployment."""
    assert RuntimeFolder(root, "lab", "pod-7").instance == "pod-7"


def test_a_copy_is_another_deployment(root: Path, tmp_path: Path) -> None:
    """An image with a folder inside: a new identity, and the totals found there are left behind."""
    original = RuntimeFolder(root, "lab", None)
    totals = original.path / "slot-0.json"
    totals.write_text("{}")
    shutil.copytree(root, tmp_path / "copy")
    copy = RuntimeFolder(tmp_path / "copy", "lab", None)
    assert copy.instance != original.instance
    assert not (copy.path / "slot-0.json").exists()
    assert totals.exists()
    assert RuntimeFolder(tmp_path / "copy", "lab", None).instance == copy.instance


def test_another_boot_is_another_deployment(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The folder of a container image that was snapshotted: the inode may be the same."""
    before = RuntimeFolder(root, "lab", None)
    (before.path / "slot-3.json").write_text("{}")
    other = root.parent / "boot_id"
    other.write_text("another boot\n")
    monkeypatch.setattr(folder, "_BOOT", other)
    after = RuntimeFolder(root, "lab", None)
    assert after.instance != before.instance
    assert not (after.path / "slot-3.json").exists()


def test_a_moved_folder_stays_the_same(root: Path, tmp_path: Path) -> None:
    """Its inode goes with it."""
    before = RuntimeFolder(root, "lab", None)
    root.rename(tmp_path / "moved")
    assert RuntimeFolder(tmp_path / "moved", "lab", None).instance == before.instance


@pytest.mark.parametrize("text", ["", "{", "[]", "null", '{"bound": 1}', '{"id": "x"}', "\x00"])
def test_a_damaged_identity_is_replaced(root: Path, text: str) -> None:
    """It never stops a start."""
    made = RuntimeFolder(root, "lab", None)
    (made.path / "identity.json").write_text(text)
    again = RuntimeFolder(root, "lab", None)
    assert len(again.instance) >= 16
    assert RuntimeFolder(root, "lab", None).instance == again.instance


def test_the_folder_is_for_this_user_alone(root: Path) -> None:
    """Others must not read what an event says, nor put files there."""
    made = RuntimeFolder(root, "lab", None)
    made.pseudonym_key()
    assert stat.S_IMODE(root.stat().st_mode) == 0o700
    assert stat.S_IMODE(made.path.stat().st_mode) == 0o700
    assert stat.S_IMODE((root / "pseudonym.key").stat().st_mode) == 0o600


def test_a_link_is_refused(root: Path, tmp_path: Path) -> None:
    """In a temporary folder for all, another user could lead labotel's files elsewhere."""
    root.parent.mkdir()
    (tmp_path / "elsewhere").mkdir()
    root.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(OSError, match="LABOTEL_RUNTIME_DIR"):
        RuntimeFolder(root, "lab", None)
    assert not list((tmp_path / "elsewhere").iterdir())


def test_a_dangling_link_is_refused(root: Path, tmp_path: Path) -> None:
    """Nothing is made where it points."""
    root.parent.mkdir()
    root.symlink_to(tmp_path / "nowhere")
    with pytest.raises(OSError):  # noqa: PT011  # the system's own text
        RuntimeFolder(root, "lab", None)
    assert not (tmp_path / "nowhere").exists()


def test_another_users_folder_is_refused(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody else made it first: nothing is written there."""
    root.mkdir(parents=True)
    monkeypatch.setattr(os, "getuid", lambda: root.stat().st_uid + 1)
    with pytest.raises(OSError, match=f"uid {root.stat().st_uid}.*LABOTEL_RUNTIME_DIR"):
        RuntimeFolder(root, "lab", None)
    assert not list(root.iterdir())


def test_the_pseudonym_key_is_made_once(root: Path) -> None:
    """For all services of the folder, as a person is the same in each of them."""
    key, made = RuntimeFolder(root, "web", None).pseudonym_key()
    assert (made, len(key)) == (True, 32)
    assert RuntimeFolder(root, "web", None).pseudonym_key() == (key, False)
    assert RuntimeFolder(root, "worker", None).pseudonym_key() == (key, False)


def test_two_services_that_start_at_once_have_one_key(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While one makes the key, the other waits for it and takes the same."""
    web, worker = RuntimeFolder(root, "web", None), RuntimeFolder(root, "worker", None)
    keys: list[bytes] = []
    threads: list[threading.Thread] = []
    make = folder.secrets.token_bytes

    def slow(size: int) -> bytes:
        if not threads:  # the other service starts in the midst of the making
            threads.append(threading.Thread(target=lambda: keys.append(worker.pseudonym_key()[0])))
            threads[0].start()
            threads[0].join(0.3)
        return bytes(make(size))

    monkeypatch.setattr(folder.secrets, "token_bytes", slow)
    keys.append(web.pseudonym_key()[0])
    threads[0].join(10)
    assert len(keys) == 2
    assert keys[0] == keys[1] == (root / "pseudonym.key").read_bytes()


def test_a_lock_keeps_others_out_for_its_block(root: Path) -> None:
    """The second comes in when the first has left."""
    one, other = RuntimeFolder(root, "lab", None), RuntimeFolder(root, "lab", None)
    order: list[str] = []

    def second() -> None:
        with other.locked("slots"):
            order.append("second")

    thread = threading.Thread(target=second)
    with one.locked("slots"):
        thread.start()
        thread.join(0.2)
        order.append("first")
    thread.join(10)
    assert order == ["first", "second"]


def test_two_processes_of_one_number_describe_a_service(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As two containers over one volume have them: one waits until the other has written."""
    one, other = RuntimeFolder(root, "lab", None), RuntimeFolder(root, "lab", None)
    threads: list[threading.Thread] = []
    replace = os.replace

    def slow(old: Path, new: Path) -> None:
        if not threads:  # the other starts in the midst of the writing
            threads.append(threading.Thread(target=other.describe, args=({"a": "2" * 99}, None)))
            threads[0].start()
            threads[0].join(0.3)
        replace(old, new)

    monkeypatch.setattr(os, "replace", slow)
    one.describe({"a": "1"}, None)
    threads[0].join(10)
    assert json.loads((one.path / "resource.json").read_bytes())["attributes"] == {"a": "2" * 99}


def test_what_was_left_half_written_is_swept(folder: RuntimeFolder) -> None:
    """By a process that was killed; what another writes at this moment stays."""
    old = [folder.path / name for name in ("new-left-1-2-3-logs", "slot-0.json.99.new")]
    fresh = folder.path / "new-left-4-5-6-logs"
    kept = folder.path / "left-1-2-3-logs"
    for path in (*old, fresh, kept):
        path.touch()
    for path in (*old, kept):
        os.utime(path, (0, 0))
    folder.sweep()
    assert not any(path.exists() for path in old)
    assert fresh.exists() and kept.exists()
