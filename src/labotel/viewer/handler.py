"""The HTTP side of the receiver: which requests are answered, and how."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from typing import Any, TypeAlias
from urllib.parse import parse_qsl, urlsplit

from labotel.viewer import wire
from labotel.viewer.body import read_body
from labotel.viewer.model import Signal
from labotel.viewer.stats import Stats
from labotel.viewer.store import Store

Respond: TypeAlias = Callable[[Signal], tuple[int, dict[str, str], bytes] | None]
JSON = "application/json"
TEXT = "text/plain; charset=utf-8"


@dataclass(slots=True)
class Desk:
    """What the connections of one receiver share."""

    store: Store
    max_body: int
    respond: Respond | None = None
    stats: Stats = field(default_factory=Stats)

    def figures(self) -> dict[str, Any]:
        """The counts of what arrived, and of what the store had to forget."""
        return {**self.stats.counts(), "dropped": self.store.dropped}

    def clear(self) -> None:
        """Forget everything and count from zero."""
        self.stats.clear()
        self.store.clear()


class OtlpHandler(BaseHTTPRequestHandler):
    """One connection; the receiver makes a subclass that carries its desk."""

    protocol_version = "HTTP/1.1"
    server_version = "labotel"
    disable_nagle_algorithm = True
    # Headers and body of an answer leave in one packet, when the request is done.
    wbufsize = -1
    desk: Desk

    def do_POST(self) -> None:
        """POST /v1/traces, /v1/metrics, /v1/logs and /clear."""
        path = urlsplit(self.path).path
        signal = wire.PATHS.get(path)
        body = b""
        try:
            body = read_body(self.rfile, self.headers, self.desk.max_body)
            self._refuse_foreign_page()
            if signal is not None:
                self._export(signal, body)
            elif path == "/clear":
                self.desk.clear()
                self._answer(200, JSON, b"{}")
            else:
                raise self._unknown(path)
        except wire.Refused as refusal:
            if signal is not None:
                self.desk.stats.turned_away(signal, len(body), refusal.status)
                self.desk.store.notify()
            self._refuse(refusal)

    def do_GET(self) -> None:
        """GET /stats and /totals."""
        url = urlsplit(self.path)
        try:
            if url.path == "/stats":
                body: object = self.desk.figures()
            elif url.path == "/totals":
                body = self._total(dict(parse_qsl(url.query, keep_blank_values=True)))
            elif url.path in wire.PATHS:
                raise wire.Refused(405, f"{url.path} takes POST", Allow="POST")
            else:
                raise self._unknown(url.path)
        except wire.Refused as refusal:
            self._refuse(refusal)
        else:
            self._answer(200, JSON, json.dumps(body).encode())

    def handle_expect_100(self) -> bool:
        """The client waits for this line before it sends its body."""
        answer = super().handle_expect_100()
        self.wfile.flush()
        return answer

    def log_message(self, format: str, *args: object) -> None:
        """A line for every request would drown what the receiver is run beside."""

    def _export(self, signal: Signal, body: bytes) -> None:
        desk = self.desk
        answer = desk.respond(signal) if desk.respond is not None else None
        if answer is not None:
            status, headers, content = answer
            desk.stats.turned_away(signal, len(body), status)
            desk.store.notify()
            self._send(status, headers, content)
            return
        if self._content_type() != wire.PROTOBUF:
            raise wire.Refused(
                415,
                f"Content-Type {self.headers.get('Content-Type')!r} is not supported; "
                f"allowed: {wire.PROTOBUF} (set OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf)",
                Accept=wire.PROTOBUF,
            )
        encoding = (self.headers.get("Content-Encoding") or "identity").strip().lower()
        message = wire.inflate(body, encoding, desk.max_body)
        request = wire.parse(signal, message)
        desk.stats.accepted(signal, request, len(body))
        desk.store.receive(request, len(message))
        self._answer(200, wire.PROTOBUF, wire.success(signal))

    def _total(self, query: dict[str, str]) -> int | float:
        metric = query.pop("metric", None)
        if not metric:
            raise wire.Refused(400, "say which metric: /totals?metric=NAME, labels as &label=value")
        return self.desk.store.total(metric, **query)

    def _refuse_foreign_page(self) -> None:
        # Any page open in a browser on this machine can post to a local port.
        origin = self.headers.get("Origin")
        if origin is not None and urlsplit(origin).netloc != self.headers.get("Host"):
            raise wire.Refused(403, f"requests from the page {origin!r} are not accepted")

    def _unknown(self, path: str) -> wire.Refused:
        known = ", ".join([*wire.PATHS, "/stats", "/totals", "/clear"])
        return wire.Refused(404, f"{path!r} is unknown here; there is {known}")

    def _content_type(self) -> str:
        return (self.headers.get("Content-Type") or "").partition(";")[0].strip().lower()

    def _refuse(self, refusal: wire.Refused) -> None:
        message = str(refusal)
        # The specification wants a google.rpc.Status; people and other clients want to read it.
        if self._content_type() == wire.PROTOBUF:
            headers, content = {"Content-Type": wire.PROTOBUF}, wire.failure(message)
        else:
            headers, content = {"Content-Type": TEXT}, f"{message}\n".encode()
        # Part of the body may be unread, so nothing more can be understood on this connection.
        self._send(refusal.status, {**headers, **refusal.headers, "Connection": "close"}, content)

    def _answer(self, status: int, content_type: str, content: bytes) -> None:
        self._send(status, {"Content-Type": content_type}, content)

    def _send(self, status: int, headers: Mapping[str, str], content: bytes) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)
