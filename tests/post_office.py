"""A small SMTP server on loopback, for tests that send e-mail: it takes what it is given."""

import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager


class _Session(socketserver.StreamRequestHandler):
    """One client's session, as RFC 5321 has it; a recipient called `nobody@…` is refused."""

    server: "PostOffice"

    def handle(self) -> None:
        self._say("220 post")
        for line in self.rfile:
            word = line.split()[0].upper() if line.split() else b""
            if word == b"EHLO":
                self._say("250 post")
            elif word == b"RCPT" and b"<nobody@" in line:
                self._say("550 5.1.1 <nobody@example.org> no such mailbox of Jane Doe")
            elif word == b"DATA":
                self._say("354 go on")
                self.server.taken.append(b"".join(iter(self.rfile.readline, b".\r\n")))
                self._say("250 taken")
            elif word == b"QUIT":
                self._say("221 bye")
                return
            else:
                self._say("250 well")

    def _say(self, line: str) -> None:
        self.wfile.write(line.encode() + b"\r\n")


class PostOffice(socketserver.ThreadingTCPServer):
    """Takes messages; `taken` has their bytes."""

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Session)
        self.taken: list[bytes] = []
        self.port = int(self.server_address[1])


@contextmanager
def post_office() -> Iterator[PostOffice]:
    """Run one for the block."""
    with PostOffice() as office:
        thread = threading.Thread(target=office.serve_forever, daemon=True)
        thread.start()
        yield office
        office.shutdown()
        thread.join()
