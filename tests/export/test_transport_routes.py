"""Which way a request goes, and with which headers: the settings' and the proxies'."""

import contextlib
import http.server
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from labotel.export.transport import Transport


class _Keeping(http.server.BaseHTTPRequestHandler):
    """Keeps what it was asked, as a proxy or any other server would be."""

    protocol_version = "HTTP/1.1"
    seen: list[tuple[str, dict[str, str]]]

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self.seen.append((self.path, {key.lower(): value for key, value in self.headers.items()}))
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  # the base's name
        """Say nothing."""


@contextlib.contextmanager
def keeping() -> Iterator[tuple[str, list[tuple[str, dict[str, str]]]]]:
    """Run such a server; give its address and what it saw."""
    seen: list[tuple[str, dict[str, str]]] = []
    handler = type("Handler", (_Keeping,), {"seen": seen})
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        server.daemon_threads = True
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}", seen
        finally:
            server.shutdown()
            thread.join()


def test_headers_arrive(transport: Callable[..., Transport]) -> None:
    """Those of the settings, and what the body is."""
    with keeping() as (address, seen):
        headers = {"Authorization": "Bearer a b", "x-scope-orgid": "lab"}
        sender = transport(f"{address}/otlp/", headers=headers, compression="gzip")
        assert sender.send("logs", b"", 5).outcome == "taken"
        sender.close()
    ((path, sent),) = seen
    assert path == "/otlp/v1/logs"
    assert (sent["authorization"], sent["x-scope-orgid"]) == ("Bearer a b", "lab")
    assert (sent["content-type"], sent["content-encoding"]) == ("application/x-protobuf", "gzip")


@pytest.mark.parametrize(
    ("no_proxy", "goes_by"),
    [
        ("", True), ("localhost", False), ("localhost:9", False), ("example.org", True),
        ("*", False), ("example.org, localhost", False),
    ],
)  # fmt: skip
def test_the_usual_proxy_variables(
    transport: Callable[..., Transport],
    monkeypatch: pytest.MonkeyPatch,
    no_proxy: str,
    goes_by: bool,
) -> None:
    """HTTP_PROXY is used, but for the hosts of NO_PROXY, with and without a port."""
    with keeping() as (proxy, seen):
        monkeypatch.setenv("http_proxy", proxy)
        monkeypatch.setenv("no_proxy", no_proxy)
        sender = transport("http://localhost:9")
        answer = sender.send("logs", b"", 2)
        sender.close()
    assert bool(seen) is goes_by
    if goes_by:
        assert answer.outcome == "taken"
        assert seen[0][0] == "http://localhost:9/v1/logs"
