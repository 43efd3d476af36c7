"""Small test suites that run in a process of their own: how the plugin is tested."""

import os
import re
import subprocess
import sys
import textwrap
from pathlib import Path

TESTS = Path(__file__).parent

NO_NETWORK = """
import socket

def refuse(*arguments, **keywords):
    raise AssertionError("the network was used")

socket.socket.connect = socket.socket.bind = socket.getaddrinfo = refuse
"""


class Suite:
    """A folder of tests; `run` gives what pytest printed, `counts` how they ended."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.runtime = folder / "runtime"
        self.text = ""

    def write(self, **files: str) -> None:
        """Write modules, by their names."""
        for name, text in files.items():
            (self.folder / f"{name}.py").write_text(textwrap.dedent(text))

    def ini(self, text: str) -> None:
        """Write pytest's configuration."""
        (self.folder / "pytest.ini").write_text(f"[pytest]\n{textwrap.dedent(text)}")

    def run(self, *arguments: str, plugin: bool = True, **variables: str) -> dict[str, int]:
        """Run pytest over the folder; warnings are errors."""
        names = ("LABOTEL_", "OTEL_", "PYTEST_", "DJANGO_")
        env = {k: v for k, v in os.environ.items() if not k.startswith(names)}
        env |= {
            "PYTHONPATH": f"{TESTS}{os.pathsep}{self.folder}",
            "LABOTEL_RUNTIME_DIR": str(self.runtime),
        }
        with_plugin = ["-p", "labotel.testing.plugin"] if plugin else []
        others = ("-p", "no:labotel", "-p", "no:logfire")
        command = [sys.executable, "-m", "pytest", *others, *with_plugin]
        command += ["-p", "no:cacheprovider", "-W", "error", *arguments]
        done = subprocess.run(
            command, cwd=self.folder, env=env | variables,
            capture_output=True, text=True, timeout=100, check=False,
        )  # fmt: skip
        self.text = done.stdout + done.stderr
        last = re.findall(r"^=* ?((?:\d+ \w+,? ?)+) in [\d.]+s", self.text, re.MULTILINE)
        assert last, self.text
        return {word.rstrip("s"): int(n) for n, word in re.findall(r"(\d+) (\w+)", last[-1])}
