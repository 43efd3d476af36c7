"""A page of the documentation as a script: its blocks are written to files, or run and compared."""

import doctest
import re
import signal
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

from running import clean_environment

BLOCK = re.compile(r"^```(\w+)([^\n]*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
WAIT = 30.0


@dataclass(frozen=True)
class Block:
    """A fenced block: its language, the words after it, and its text."""

    language: str
    words: str
    text: str

    def option(self, name: str) -> str | None:
        """The value of `name=value` after the language."""
        match = re.search(rf"\b{name}=(\S+)", self.words)
        return match[1] if match else None


def blocks(page: Path) -> list[Block]:
    """The blocks of a page."""
    return [Block(m[1], m[2].strip(), m[3]) for m in BLOCK.finditer(page.read_text())]


@dataclass
class Reader:
    """Somebody who does what the page says, in a folder of their own, on ports of their own."""

    folder: Path
    changes: dict[str, str]
    environment: dict[str, str]
    running: list["subprocess.Popen[bytes]"] = field(default_factory=list)

    def does(self, block: Block) -> None:
        """Write the file, or run the commands and compare what they print."""
        place, more = block.option("file"), block.option("append")
        if place or more:
            path = self.folder / str(place or more)
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("a" if more else "w") as file:
                file.write(block.text)
        elif block.language == "console" and block.words == "background":
            self._starts(block.text.removeprefix("$ ").strip())
        elif block.option("shown-by"):
            self._sees(str(block.option("shown-by")), block.text)
        elif block.language == "console" and block.words != "install":
            for command, expected in _commands(block.text):
                self._runs(command, expected)

    def _changed(self, text: str) -> str:
        for old, new in self.changes.items():
            text = text.replace(old, new)
        return text

    def _runs(self, command: str, expected: str) -> None:
        if command.startswith("cd "):
            self.folder /= command[3:]
            return
        done = subprocess.run(
            ["bash", "-c", self._changed(command)], cwd=self.folder, env=self.environment,
            capture_output=True, text=True, timeout=WAIT * 2, check=False,
        )  # fmt: skip
        assert done.returncode == 0, f"{command}\n{done.stdout}{done.stderr}"
        assert matches(expected, done.stdout), f"{command}\nexpected:\n{expected}\n{done.stdout}"

    def _log(self, command: str) -> Path:
        return self.folder / f"{command.split()[1]}.log"

    def _starts(self, command: str) -> None:
        with self._log(command).open("wb") as log:
            made = subprocess.Popen(
                ["bash", "-c", f"exec {self._changed(command)}"], cwd=self.folder,
                env=self.environment | {"PYTHONUNBUFFERED": "1"}, stdout=log, stderr=log,
            )  # fmt: skip
        self.running.append(made)

    def _sees(self, command: str, expected: str) -> None:
        log = self.folder / f"{command}.log"
        ends = time.monotonic() + WAIT
        while not matches(f"...{expected}...", log.read_text()):
            assert time.monotonic() < ends, f"expected:\n{expected}\nshown:\n{log.read_text()}"
            time.sleep(0.2)

    def leaves(self) -> None:
        """End what still runs."""
        for process in self.running:
            process.send_signal(signal.SIGINT)
        for process in self.running:
            process.wait(WAIT)


def _commands(text: str) -> list[tuple[str, str]]:
    """Each command of a console block with what follows it."""
    found: list[tuple[str, str]] = []
    for line in text.splitlines(keepends=True):
        if line.startswith("$ "):
            found.append((line[2:].strip(), ""))
        else:
            found[-1] = (found[-1][0], found[-1][1] + line)
    return found


def matches(expected: str, got: str) -> bool:
    """Compare as doctest does with ELLIPSIS: `...` stands for anything; no expectation fits all."""
    checker = doctest.OutputChecker()
    return not expected or checker.check_output(expected.strip(), got.strip(), doctest.ELLIPSIS)


def environment(endpoint_port: int, work: Path) -> dict[str, str]:
    """This environment, without settings for labotel, with this Python's commands first."""
    clean = clean_environment()
    return clean | {
        "PATH": f"{Path(sys.executable).parent}:{work}:{clean['PATH']}",
        "OTEL_EXPORTER_OTLP_ENDPOINT": f"http://127.0.0.1:{endpoint_port}",
        "LABOTEL_RUNTIME_DIR": str(work / "runtime"),
        "COLUMNS": "160",
    }
