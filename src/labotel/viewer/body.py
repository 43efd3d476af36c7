"""Reading the body of an HTTP request, of a stated length or in chunks, up to a limit."""

from __future__ import annotations

from email.message import Message
from io import BufferedIOBase

from labotel.viewer.wire import Refused, too_large

# A client is told that its body is too large only after it has sent it; beyond this it is cut off.
PATIENCE = 4


def read_body(stream: BufferedIOBase, headers: Message, limit: int) -> bytes:
    """The whole body as it was sent; more than `limit` bytes are refused with 413."""
    if "chunked" in (headers.get("Transfer-Encoding") or "").lower():
        return _read_chunks(stream, limit)
    stated = (headers.get("Content-Length") or "0").strip()
    if not (stated.isascii() and stated.isdigit()):
        raise Refused(400, f"Content-Length {stated!r} is no number")
    return _exactly(stream, _within(stream, int(stated), limit))


def _read_chunks(stream: BufferedIOBase, limit: int) -> bytes:
    body = bytearray()
    while size := _chunk_size(stream):
        body += _exactly(stream, _within(stream, size, limit - len(body)))
        _exactly(stream, 2)  # the line end that closes a chunk
    while stream.readline(65536).strip():
        pass  # trailers mean nothing to OTLP
    return bytes(body)


def _chunk_size(stream: BufferedIOBase) -> int:
    line = stream.readline(65536)
    try:
        return int(line.split(b";")[0].strip(), 16)
    except ValueError:
        raise Refused(400, "the chunked body is broken") from None


def _within(stream: BufferedIOBase, size: int, limit: int) -> int:
    if size <= limit:
        return size
    # An answer that comes while the client still sends would be lost in a connection reset.
    left = min(size, PATIENCE * limit)
    while left > 0 and (piece := stream.read(min(left, 1 << 16))):
        left -= len(piece)
    raise too_large(limit)


def _exactly(stream: BufferedIOBase, size: int) -> bytes:
    body = stream.read(size)
    if len(body) < size:
        raise Refused(400, f"the body ends early: {len(body)} of {size} bytes")
    return body
