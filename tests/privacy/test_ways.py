"""Not one canary leaves a real application, whichever way it came in."""

import base64
import http.client
import json
import re
import socket
import subprocess
import sys
import uuid
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest

from conftest import TESTS
from labotel.export.wake import wait_until
from labotel.policy.pseudonyms import Pseudonyms
from privacy.capture import Capture
from privacy.corpus import CANARIES, Canary
from running import clean_environment, end, free_port, get, wait_for_page

OWNER = "quokkaowner"
KEY = "tests of privacy"
ROOT = "uokka"
"""What most canaries hold, so that a part of one is found, too."""
OPENMETRICS = "application/openmetrics-text; version=1.0.0"


def leaks(where: bytes) -> list[str]:
    """Return what of the canaries stands in some bytes, as it is or as others write it."""
    forms = [ROOT, OWNER, f"@{socket.gethostname()}"]
    for canary in CANARIES:
        secret = canary.secret
        forms += [secret, quote(secret), json.dumps(secret)[1:-1], repr(secret)[1:-1]]
        forms += [base64.b64encode(secret.encode()).decode().rstrip("=")]
    found = []
    for raw in {form.encode() for form in forms}:
        # A number by itself: within the digits of a time or a sum it stands by chance.
        pattern = rb"(?<![\d.])%b(?!\d)" if raw.isdigit() else b"%b"
        at = re.search(pattern % re.escape(raw), where) if raw in where else None
        if at is not None:
            found.append(f"{raw!r} in {where[max(0, at.start() - 90) : at.end() + 30]!r}")
    return found


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """The environment of the processes, with canaries in it."""
    for folder in ("broker", "broker/control"):
        (tmp_path / folder).mkdir()
    return clean_environment() | {
        "PYTHONPATH": str(TESTS),
        "HOME": f"/home/{OWNER}",
        "OTEL_SERVICE_NAME": "privacy",
        "OTEL_METRIC_EXPORT_INTERVAL": "500",
        "OTEL_BSP_SCHEDULE_DELAY": "200",
        "OTEL_BLRP_SCHEDULE_DELAY": "200",
        "OTEL_METRICS_EXEMPLAR_FILTER": "always_on",
        "LABOTEL_RUNTIME_DIR": str(tmp_path / "runtime"),
        "LABOTEL_PSEUDONYM_KEY": KEY,
        "LABOTEL_METRIC_INTERVAL": "quokka@example.org",  # wrong, as are the two below
        "LABOTEL_LOG_DELAY": "https://quokka:secret@example.org/?q=quokka",
        "OTEL_EXPORTER_OTLP_HEADERS": "quokka",
        "PRIVACY_BROKER": str(tmp_path / "broker"),
        "LABOTEL_LOG_FILES": str(tmp_path / "runtime" / "copies" / "all.log"),
        "PRIVACY_OWN_LINES": str(tmp_path / "own.log"),
        "PATIENT_NAME": "Quokkabella",
    }


def run(command: tuple[str, ...], env: dict[str, str], log: Path) -> "subprocess.Popen[bytes]":
    """Start a Python process, with a canary among its arguments where it takes any."""
    with open(log, "wb") as output:
        return subprocess.Popen(
            [sys.executable, "-m", *command], env=env, stdout=output, stderr=output, cwd=log.parent
        )


def post(port: int, index: int, canary: Canary) -> None:
    """Send a canary in each part of a request."""
    text = canary.text
    one_line = text.replace("\n", " ")
    if not one_line.isascii():  # as browsers do
        one_line = quote(one_line)
    mark, named = uuid.uuid4().hex, f"of {one_line}"
    if '"' in named or "/" in named:  # no name of a file holds these
        named = "of nobody"
    body = (
        f'--{mark}\r\nContent-Disposition: form-data; name="note"\r\n\r\n{text}\r\n'
        f'--{mark}\r\nContent-Disposition: form-data; name="file"; filename="{named}"\r\n\r\n'
        f"{text}\r\n--{mark}--\r\n"
    )
    headers = {
        "Content-Type": f"multipart/form-data; boundary={mark}", "Authorization": one_line,
        "Cookie": f"sessionid={one_line}; note={quote(text)}", "User-Agent": one_line,
        "Referer": f"https://example.org/?q={quote(text)}", "X-Forwarded-For": one_line,
        "Baggage": f"note={quote(text)}", "X-Note": one_line,
        "Tracestate": f"ot=th:c,note={quote(text)}",
        "Traceparent": f"00-{uuid.uuid4().hex}-{mark[:16]}-01",
    }  # fmt: skip
    path = quote(text, safe="") if canary.known else ""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    connection.request("POST", f"/take/{index}/{path}?q={quote(text)}", body.encode(), headers)
    connection.getresponse().read()
    connection.close()


@pytest.fixture
def capture() -> Iterator[Capture]:
    """A receiver of bytes."""
    with Capture() as running:
        yield running


def files(folder: Path) -> bytes:
    """Return all that stands in the files of a folder, with their names."""
    paths = [path for path in folder.rglob("*") if path.is_file()]
    return b"\n".join(bytes(path.relative_to(folder)) + path.read_bytes() for path in paths)


def finished(capture: Capture) -> int:
    """Return how many runs of tasks arrived."""
    return capture.body("traces").count(b"run/privacy.application.")


def test_no_canary_leaves_a_site_and_its_worker(
    environment: dict[str, str], tmp_path: Path, capture: Capture
) -> None:
    """By no request and no task: not in OTLP, on /metrics, in a file, in labotel's own lines."""
    env = environment | {"OTEL_EXPORTER_OTLP_ENDPOINT": capture.endpoint}
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    site = run(("gunicorn", "--bind", f"127.0.0.1:{port}", "--workers", "2", "--threads", "2",
                "--no-control-socket", "--access-logfile", "-", "privacy.application"),
               env, tmp_path / "site.log")  # fmt: skip
    worker = None
    try:
        wait_for_page(url, site, 60)
        for index, canary in enumerate(CANARIES):
            post(port, index, canary)
        published = len(list((tmp_path / "broker").glob("*.msg")))
        assert published >= len(CANARIES)
        # Only now, and alone: this broker may hand out a message that is half written.
        worker = run(("celery", "-A", "privacy.application", "worker", "--pool", "solo",
                      "--without-gossip", "--without-mingle", "--loglevel", "INFO"),
                     env, tmp_path / "worker.log")  # fmt: skip
        assert wait_until(lambda: finished(capture) >= published, 60)
        pages = [get(f"{url}/metrics", {"Accept": kind}) for kind in ("text/plain", OPENMETRICS)]
    finally:
        for process in (worker, site):
            if process is not None:
                end(process)
    sent = capture.body()
    for event in (b"privacy.noted", b"privacy.worked", b"own.observed", b"own.generated",
                  b"celery_tasks_total", b"privacy.ways", b"privacy_seen"):  # fmt: skip
        assert event in sent, event
    assert all("privacy_noted_total" in page and "own_observed" in page for page in pages)
    assert "trace_id" in pages[1]
    assert leaks(sent) == []
    assert leaks("\n".join(pages).encode()) == []
    assert leaks(files(tmp_path / "runtime")) == []
    assert leaks((tmp_path / "own.log").read_bytes()) == []
    person = Pseudonyms(KEY.encode()).of(CANARIES[0].text)
    assert person is not None
    assert all(person.encode() in capture.body(signal) for signal in ("traces", "logs"))


def test_no_canary_is_left_on_disk_by_a_script(
    environment: dict[str, str], tmp_path: Path, capture: Capture
) -> None:
    """Without a receiver its requests wait in the runtime folder; what it said of others does."""
    env = environment | {"OTEL_EXPORTER_OTLP_ENDPOINT": "http://quokka:hunter2quokka@127.0.0.1:9"}
    script = run(("privacy.script", "--owner", "Wallabella Bilbygton"), env, tmp_path / "s.log")
    assert script.wait(100) == 0, (tmp_path / "s.log").read_text()[-3000:]
    left = files(tmp_path / "runtime")
    own = (tmp_path / "own.log").read_bytes()
    assert b"Numbatella" in left and b"privacy.noted" in left
    assert b"event rejected" in own and b"is tried again" in own
    assert leaks(left) == []
    assert leaks(own) == []
    told = (tmp_path / "s.log").read_bytes()
    assert b"LABOTEL_LOG_DELAY" in own + told
    assert leaks(b"\n".join(line for line in told.splitlines() if b"labotel: " in line)) == []
