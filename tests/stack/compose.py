"""Compose files as docker compose reads them, without Docker: the engine `compose-config` asked."""

import json
import subprocess
import warnings
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any

from engines import binary

NOTHING: Mapping[str, str] = MappingProxyType({})


class Refused(Exception):
    """Files that make no project; the message is docker compose's."""


class Doubted(UserWarning):
    """What docker compose reads but warns of: a variable that is not set, an obsolete key."""


def project(
    *files: Path,
    env: Mapping[str, str] = NOTHING,
    env_file: Path | None = None,
    profiles: Sequence[str] = (),
    directory: Path | None = None,
) -> dict[str, Any]:
    """Return the project that files make, each laid over those before it; raise `Refused`.

    It is what `docker compose config --format json` prints, with `$` for its `$$`. Variables are
    those of `env`, then those of `env_file`, and no others: nothing that this machine has set, and
    no `.env` that somebody left beside the files. Relative paths are those of the first file's
    folder, or of `directory`.
    """
    command = [str(binary("compose-config"))]
    command += [f"-f={file}" for file in files]
    command += [f"--profile={profile}" for profile in profiles]
    if env_file is not None:
        command.append(f"--env-file={env_file}")
    if directory is not None:
        command.append(f"--project-directory={directory}")
    environment = {"COMPOSE_DISABLE_ENV_FILE": "true", **env}
    done = subprocess.run(
        command, env=environment, capture_output=True, text=True, timeout=60, check=False
    )
    if done.returncode != 0:
        raise Refused(done.stderr.strip())
    if done.stderr:
        warnings.warn(done.stderr.strip(), Doubted, stacklevel=2)
    read: dict[str, Any] = json.loads(done.stdout)
    return read
