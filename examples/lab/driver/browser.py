"""A person's browser: cookies, forms with their tokens, redirects; each answer is reported."""

import http.cookiejar
import time
import urllib.error
import urllib.request
import uuid
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode, urljoin, urlsplit

from driver.clock import Moment
from driver.page import Form, Page, Upload

TIMEOUT = 60.0
MOST_REDIRECTS = 5

Report = Callable[[str, str, int, Moment], None]


class Unexpected(Exception):
    """An answer that the story does not foresee."""


class _Stay(urllib.request.HTTPRedirectHandler):
    """Follows nothing: each redirect is a request of its own, and counted."""

    def redirect_request(self, *args: Any, **kwargs: Any) -> None:
        """Say that there is nothing to follow."""


class Browser:
    """Sends requests as a browser does; `report` is told how, where, with what answer and when."""

    def __init__(self, address: str, report: Report) -> None:
        self._address = address
        self._report = report
        # A proxy of the environment must not stand between two processes of one machine.
        self._opener = urllib.request.build_opener(
            urllib.request.ProxyHandler({}),
            urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar()),
            _Stay(),
        )

    def open(self, path: str, expect: int = 200) -> Page:
        """Look at a page."""
        return self._follow("GET", path, expect)

    def submit(self, form: Form, expect: int = 200, **fields: object) -> Page:
        """Fill in a form and send it; `expect` is the status after all redirects."""
        filled = form.fields | {
            name: value if isinstance(value, Upload) else str(value)
            for name, value in fields.items()
        }
        return self._follow("POST", form.action, expect, *_encoded(filled))

    def _follow(
        self, method: str, path: str, expect: int, content: bytes | None = None, kind: str = ""
    ) -> Page:
        """Send a request, and go where its answer sends the browser."""
        passed: list[str] = []
        moments: list[Moment] = []
        for _ in range(MOST_REDIRECTS):
            status, body, location, moment = self._send(method, path, content, kind)
            moments.append(moment)
            if not location:
                break
            passed.append(path)
            target = urlsplit(urljoin(self._address + path, location))
            path = f"{target.path}?{target.query}" if target.query else target.path
            method, content = "GET", None
        if status != expect:
            way = " -> ".join([*passed, path])
            raise Unexpected(f"{method} {way}: {status} and not {expect}: {_shown(body)}")
        return Page(status, urlsplit(path).path, body, moments[0], tuple(passed))

    def _send(
        self, method: str, path: str, content: bytes | None, kind: str
    ) -> tuple[int, bytes, str, Moment]:
        headers = {"Content-Type": kind} if content is not None else {}
        request = urllib.request.Request(
            self._address + path, content, headers=headers, method=method
        )
        since = time.time()
        try:
            with self._opener.open(request, timeout=TIMEOUT) as response:
                status, body, location = int(response.status), bytes(response.read()), ""
        except urllib.error.HTTPError as error:
            with error:
                status, body = error.code, error.read()
                location = error.headers.get("Location") or ""
        moment = Moment(since, time.time())
        self._report(method, urlsplit(path).path, status, moment)
        return status, body, location, moment


def _encoded(fields: dict[str, str | Upload]) -> tuple[bytes, str]:
    """Return a form's content and its type: in parts where there is a file, else as a query."""
    texts = {name: value for name, value in fields.items() if isinstance(value, str)}
    if len(texts) == len(fields):
        return urlencode(texts).encode(), "application/x-www-form-urlencoded"
    border = uuid.uuid4().hex
    parts = []
    for name, value in fields.items():
        shown, content = f'name="{name}"', value
        if isinstance(value, Upload):
            shown, content = f'{shown}; filename="{value.name}"', value.content
        raw = content.encode() if isinstance(content, str) else content
        head = f"--{border}\r\nContent-Disposition: form-data; {shown}\r\n\r\n"
        parts.append(head.encode() + raw + b"\r\n")
    parts.append(f"--{border}--\r\n".encode())
    return b"".join(parts), f"multipart/form-data; boundary={border}"


def _shown(body: bytes) -> str:
    """Return the beginning of a page's words."""
    return " ".join(body[:600].decode(errors="replace").split())
