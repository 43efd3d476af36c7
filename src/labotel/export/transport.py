"""One OTLP/HTTP request to the receiver, and what its answer means.

By the OTLP specification (Failures): 429, 502, 503 and 504 and a broken connection may be tried
again, `Retry-After` says when; anything else is refused for good. A 200 may still reject a part.
"""

import encodings.idna  # noqa: F401  # a look-up of a host imports it: better before any fork
import gzip
import socket
import time
import zlib
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, Final, Literal
from urllib.parse import unquote, urlsplit
from urllib.request import getproxies, proxy_bypass

import urllib3
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceResponse
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import (
    ExportMetricsServiceResponse,
)
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceResponse
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

from labotel.export.settings import Settings, Signal

SIGNALS: Final[tuple[Signal, ...]] = ("traces", "metrics", "logs")
_RETRYABLE: Final = frozenset({429, 502, 503, 504})
FIXES: Final = {
    "401": "the receiver asks for a token: see the setting `headers`",
    "403": "the receiver asks for another token: see the setting `headers`",
    "404": "nothing takes OTLP there: see the setting `endpoint`",
    "413": "one record alone is larger than the receiver takes",
    "html": "a web page answers there: see the setting `endpoint`",
}
"""What mends a refusal, by its reason, where that is known."""
MOST: Final = 65_536
"""Bytes of an answer that are read; a receiver has no more to say."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of a request: taken, to be tried again (after so many s), or refused."""

    outcome: Literal["taken", "again", "refused"]
    reason: str = ""
    after: float = 0.0
    rejected: int = 0
    rest: tuple[bytes, int] | None = None
    """Of a request that went in parts: what of it is to be tried again, and how many items."""


class Transport:
    """Sends export requests; keeps its connections; one for each process."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._pools: dict[Signal, urllib3.PoolManager] = {}
        self._line: socket.socket | None = None
        self._until = 0.0
        self._was_cut = False
        self._kinds = {"http": self._watched(HTTPConnectionPool),
                       "https": self._watched(HTTPSConnectionPool)}  # fmt: skip
        self._headers: dict[Signal, dict[str, str]] = {}

    def _pool(self, signal: Signal) -> urllib3.PoolManager:
        pool = self._pools.get(signal)
        if pool is not None:
            return pool
        target = self._settings.target(signal)
        tls: dict[str, object] = {
            "ca_certs": target.certificate,
            "cert_file": target.client_certificate,
            "key_file": target.client_key,
        }
        given = {key: value for key, value in tls.items() if value}
        parts = urlsplit(target.url)
        proxy = getproxies().get(parts.scheme)
        if proxy and not proxy_bypass(parts.netloc.rpartition("@")[2]):
            secret = _user(proxy)
            pool = urllib3.ProxyManager(
                proxy,
                num_pools=2,
                proxy_headers=urllib3.make_headers(proxy_basic_auth=secret) if secret else None,
                **given,  # type: ignore[arg-type]  # urllib3 types each keyword on its own
            )
        else:
            pool = urllib3.PoolManager(num_pools=2, **given)  # type: ignore[arg-type]  # the same
        pool.pool_classes_by_scheme = self._kinds
        self._pools[signal] = pool
        return pool

    def _watched(self, pool: type[HTTPConnectionPool]) -> type[HTTPConnectionPool]:
        """Return a class of pools whose lines are known while they are used."""
        transport = self

        class Connection(pool.ConnectionCls):  # type: ignore[misc, name-defined]  # http's or https's
            def request(self, *args: Any, **kwargs: Any) -> None:
                transport._line = self.sock
                super().request(*args, **kwargs)
                transport._line = self.sock  # the one that was made for it, where there was none

        return type("Watched", (pool,), {"ConnectionCls": Connection})

    def cut(self) -> None:
        """Cut a request that lasts longer than it may (from another thread, now and then).

        A timeout is of each read alone: a receiver that drips is always in time.
        """
        line = self._line
        if line is None or time.monotonic() < self._until:
            return
        self._line, self._was_cut = None, True
        with suppress(OSError):  # the plain socket's own: TLS belongs to whoever reads
            socket.socket.shutdown(line, socket.SHUT_RDWR)

    def send(self, signal: Signal, body: bytes, timeout: float) -> Answer:
        """Send one request and wait at most `timeout` s (and the setting's) for its answer."""
        target = self._settings.target(signal)
        secret = _user(target.url)
        basic = urllib3.make_headers(basic_auth=secret) if secret else {}
        headers = {"Content-Type": "application/x-protobuf", **basic, **target.headers}
        if target.compression == "gzip":
            body = gzip.compress(body, 6)
        elif target.compression == "deflate":
            body = zlib.compress(body)
        if target.compression != "none":
            headers["Content-Encoding"] = target.compression
        limit = max(0.05, min(timeout, target.timeout))
        self._until, self._was_cut = time.monotonic() + limit, False
        try:
            answer = self._pool(signal).request(
                "POST", target.url, body=body, headers=headers, retries=False, redirect=False,
                timeout=urllib3.Timeout(total=limit), preload_content=False,
            )  # fmt: skip
            said = answer.read(MOST, decode_content=True)
            if len(said) < MOST:
                answer.release_conn()
            else:
                answer.close()
        except urllib3.exceptions.HTTPError as error:
            return Answer("again", type(error).__name__)
        except OSError as error:
            return Answer("again", type(error).__name__)
        except ValueError as error:  # a header that HTTP cannot carry: it never will
            return Answer("refused", type(error).__name__)
        finally:
            self._line = None
        if self._was_cut:  # what came until then may look like an answer
            return Answer("again", "timeout")
        return _judge(signal, answer, said)

    def close(self) -> None:
        """Close the connections."""
        for pool in self._pools.values():
            pool.clear()
        self._pools = {}


def _user(url: str) -> str:
    """Return the `user:password` that stands in a URL, or nothing."""
    parts = urlsplit(url)
    return f"{unquote(parts.username)}:{unquote(parts.password or '')}" if parts.username else ""


def _judge(signal: Signal, answer: urllib3.BaseHTTPResponse, said: bytes) -> Answer:
    if 200 <= answer.status < 300:
        if answer.headers.get("Content-Type", "").lower().startswith("text/html"):
            return Answer("again", "html")  # a proxy's page, or another server: no receiver of OTLP
        return Answer("taken", rejected=_rejected(signal, said))
    if answer.status in _RETRYABLE:
        return Answer("again", str(answer.status), after=_after(answer.headers.get("Retry-After")))
    return Answer("refused", str(answer.status))


def _rejected(signal: Signal, data: bytes) -> int:
    """Return how many items a partial success rejected; a body that says nothing rejects none."""
    if not data:
        return 0
    try:
        if signal == "traces":
            return ExportTraceServiceResponse.FromString(data).partial_success.rejected_spans
        if signal == "logs":
            return ExportLogsServiceResponse.FromString(data).partial_success.rejected_log_records
        partial = ExportMetricsServiceResponse.FromString(data).partial_success
        return partial.rejected_data_points
    except Exception:  # a receiver may answer anything; its 200 still says that it took the data
        return 0


def _after(value: str | None) -> float:
    """Return Retry-After (seconds or an HTTP date) in s, at most 5 minutes; 0 for anything else."""
    try:
        wait = float(value or 0)
    except ValueError:
        try:
            wait = (parsedate_to_datetime(value or "") - datetime.now(UTC)).total_seconds()
        except (ValueError, TypeError):  # a date without a zone is none of HTTP's
            return 0.0
    return min(300.0, max(0.0, wait)) if wait == wait else 0.0
