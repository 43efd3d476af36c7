"""The processes of the benchmarks: one receiver, and one process for each run."""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Final

from benchmarks.cases import Command
from benchmarks.measured import Run

WITHIN: Final = 300.0
"""How long one run may take, in s."""

# The same for both sides. The queues are so large that neither side loses anything.
_SETTINGS: Final = {
    "OTEL_SERVICE_NAME": "bench",
    "OTEL_BSP_MAX_QUEUE_SIZE": "200000",
    "OTEL_BLRP_MAX_QUEUE_SIZE": "200000",
    "OTEL_METRIC_EXPORT_INTERVAL": "15000",
    "OTEL_SEMCONV_STABILITY_OPT_IN": "http",
    "LABOTEL_PSEUDONYM_KEY": "bench",
    "PYTHONHASHSEED": "0",
}
_OTHERS: Final = ("OTEL_", "LABOTEL_", "DJANGO_", "PYTHON", "CELERY_")


class RunFailed(Exception):
    """A run that gave no figures; the message is what it said."""


def module(name: str) -> list[str]:
    """Return the command that runs a module of this package."""
    return [sys.executable, "-m", f"benchmarks.{name}"]


@contextmanager
def receiver() -> Iterator[str]:
    """Run a receiver and give its endpoint."""
    pipe = subprocess.PIPE
    with subprocess.Popen(module("receiver"), stdin=pipe, stdout=pipe, text=True) as process:
        assert process.stdout is not None
        assert process.stdin is not None
        try:
            yield f"http://127.0.0.1:{int(process.stdout.readline())}"
        finally:
            process.stdin.close()  # it ends with its input
            process.wait(10)


def run(command: Command, endpoint: str) -> Run:
    """Run one side once, in a fresh process with a runtime folder of its own."""
    with tempfile.TemporaryDirectory(prefix="labotel-bench-") as folder:
        environ = environment(os.environ, endpoint, folder)
        name, *arguments = command
        ended = subprocess.run(
            [*module(name), *arguments],
            env=environ,
            capture_output=True,
            text=True,
            timeout=WITHIN,
            check=False,
        )
    if ended.returncode != 0 or ended.stderr:
        raise RunFailed(f"{' '.join(command)} (code {ended.returncode}): {ended.stderr[-2000:]}")
    return Run(**json.loads(ended.stdout))


def environment(present: Mapping[str, str], endpoint: str, folder: str) -> dict[str, str]:
    """Return a run's environment: the present one without what would change a side."""
    kept = {key: value for key, value in present.items() if not key.startswith(_OTHERS)}
    target = {"OTEL_EXPORTER_OTLP_ENDPOINT": endpoint, "LABOTEL_RUNTIME_DIR": folder}
    return {**kept, **_SETTINGS, **target}
