"""The runtime folder: where the processes of one user on one host meet, and who they are.

Its id names the deployment on this host. It is bound to the boot, to the folder's inode and to the
container's layer, so that an image built with a folder inside does not make two containers one.
"""

import contextlib
import json
import os
import re
import secrets
import stat
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager
from hashlib import blake2b
from pathlib import Path
from typing import Any, Final

from labotel.export import locks, snapshot

HALF_WRITTEN: Final = 3600.0
"""After so many s nobody writes a file any more."""
_ID_FILE: Final = "identity.json"
_WHO_FILE: Final = "resource.json"
_KEY_FILE: Final = "pseudonym.key"
_ENVIRONMENT: Final = "deployment.environment.name"
_BOOT: Final = Path("/proc/sys/kernel/random/boot_id")
_MOUNTS: Final = Path("/proc/self/mountinfo")


def location(chosen: str | None) -> Path:
    """Return the runtime folder: as set, below XDG_RUNTIME_DIR, or the user's temporary one."""
    if chosen:
        return Path(chosen)
    runtime = os.environ.get("XDG_RUNTIME_DIR")
    if runtime and os.access(runtime, os.W_OK):
        return Path(runtime) / "labotel"
    return Path(tempfile.gettempdir()) / f"labotel-{os.getuid()}"


class RuntimeFolder:
    """The folder of one service: slots, snapshots, what was left to be sent."""

    def __init__(self, root: Path, service: str, instance: str | None) -> None:
        self.root = root
        _make(root)
        self.path = root / file_name(service)
        self.path.mkdir(mode=0o700, exist_ok=True)
        self.instance = instance or self._identity()

    def _identity(self) -> str:
        """Return the id kept in the folder; a new one where it came from elsewhere.

        With a new id the totals found here are another deployment's, so they are left behind.
        """
        found = self.path.stat()
        bound: dict[str, Any] = {"boot": _boot_id(), "inode": found.st_ino}
        layer = _layer(found.st_dev)
        if layer:
            bound["layer"] = layer
        path = self.path / _ID_FILE
        with self.locked("identity"):
            with contextlib.suppress(OSError, ValueError, KeyError, TypeError):
                known = json.loads(path.read_bytes())
                if known["bound"] == bound:
                    return str(known["id"])
            for stale in self.path.glob("slot-*.json"):
                stale.unlink(missing_ok=True)
            made = secrets.token_hex(8)
            snapshot.write(path, json.dumps({"id": made, "bound": bound}).encode())
            return made

    def describe(self, attributes: Mapping[str, Any], instance: str | None) -> None:
        """Keep the service's resource attributes, and the instance that its settings name."""
        path = self.path / _WHO_FILE
        known = {"attributes": dict(attributes), "instance": instance}
        text = json.dumps(known, default=str).encode()
        # Processes of two containers may have one number, and so one name for the new file.
        with self.locked("resource"):
            with contextlib.suppress(OSError):
                if path.read_bytes() == text:
                    return
            snapshot.write(path, text)

    def sweep(self) -> None:
        """Remove what processes that were killed left half written, an hour later."""
        for path in (*self.path.glob("new-*"), *self.path.glob("*.new")):
            with contextlib.suppress(OSError):
                if time.time() - path.stat().st_mtime > HALF_WRITTEN:
                    path.unlink()

    def others(
        self, deployment: tuple[str, str]
    ) -> "Iterator[tuple[RuntimeFolder, Mapping[str, Any]]]":
        """Give the folders and attributes of the deployment's other services on this host."""
        for path in sorted(self.root.glob(f"*/{_WHO_FILE}")):
            if path.parent == self.path:
                continue
            try:
                known = json.loads(path.read_bytes())
                attributes = known["attributes"]
                if deployment_of(attributes) != deployment:
                    continue
                folder = RuntimeFolder(self.root, service_of(attributes), known["instance"])
            except (OSError, ValueError, KeyError, TypeError):
                continue  # half of a file, or gone meanwhile: the service writes it again
            yield folder, attributes

    def locked(self, name: str) -> AbstractContextManager[None]:
        """Hold a short lock between the processes of this service."""
        return locks.hold(self.path / f"{name}.lock")

    def pseudonym_key(self) -> tuple[bytes, bool]:
        """Return a key made once and kept in the root, and whether it was made just now."""
        path = self.root / _KEY_FILE
        with locks.hold(self.root / "key.lock"):  # the services of a host share one key
            known = kept_key(self.root)
            if known is not None:
                return known, False
            made = secrets.token_bytes(32)
            handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
            with os.fdopen(handle, "wb") as file:
                file.write(made)
            return made, True


def service_of(attributes: Mapping[str, Any]) -> str:
    """Return what names a service: one name in two namespaces, or environments, is of two."""
    around = [attributes.get(key) or "" for key in ("service.namespace", _ENVIRONMENT)]
    name = str(attributes["service.name"])
    return "\0".join([name, *map(str, around)]) if any(around) else name


def deployment_of(attributes: Mapping[str, Any]) -> tuple[str, str]:
    """Return what a service belongs to: those of one namespace (web, worker) are one deployment.

    The second part is the environment: staging is not production.
    """
    named = attributes.get("service.namespace") or attributes["service.name"]
    return str(named), str(attributes.get(_ENVIRONMENT) or "")


def kept_key(root: Path) -> bytes | None:
    """Return the pseudonyms' key that is kept in a root, or None where none was made."""
    with contextlib.suppress(OSError):
        return (root / _KEY_FILE).read_bytes() or None
    return None


def _make(root: Path) -> None:
    """Make the folder, for this user alone; refuse one that is another user's or a link."""
    root.mkdir(mode=0o700, parents=True, exist_ok=True)
    found = os.lstat(root)
    if stat.S_ISLNK(found.st_mode):
        raise OSError(f"the runtime folder {root} is a link; set LABOTEL_RUNTIME_DIR to a folder")
    if found.st_uid != os.getuid():
        raise OSError(
            f"the runtime folder {root} belongs to another user (uid {found.st_uid}); "
            "set LABOTEL_RUNTIME_DIR to a folder of this user's"
        )


def _boot_id() -> str:
    try:
        return _BOOT.read_text().strip()
    except OSError:
        return ""


def _layer(device: int) -> str:
    """Return where a container keeps what it changes of its image; "" on other file systems.

    An overlay shows a folder of the image with one inode in every container, and in the build.
    """
    wanted = f"{os.major(device)}:{os.minor(device)}"
    with contextlib.suppress(OSError):
        for line in _MOUNTS.read_text(errors="replace").splitlines():
            upper = re.search(r"[ ,]upperdir=([^ ,]+)", line)
            if upper is not None and line.split()[2] == wanted:
                return upper[1]
    return ""


def file_name(service: str) -> str:
    """Return a readable name that no other service has."""
    digest = blake2b(service.encode("utf-8", "replace"), digest_size=4).hexdigest()
    return f"{re.sub(r'[^A-Za-z0-9.-]+', '-', service)[:40] or 'service'}-{digest}"
