"""The laboratory over HTTP, as a person's program speaks to it."""

import json
import time
import urllib.error
import urllib.request
from typing import Any

from driver.processes import Child
from driver.tally import Tally

TIMEOUT = 30.0


class Unexpected(Exception):
    """An answer that the story does not foresee."""


class Client:
    """Sends requests, and counts the answers."""

    def __init__(self, address: str, tally: Tally) -> None:
        self._address = address
        self._tally = tally
        # A proxy of the environment must not stand between two processes of one machine.
        self._opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))

    def post(self, path: str, *, expect: int = 200, **fields: Any) -> dict[str, Any]:
        """Send a step of somebody's work; return the answer."""
        content = json.dumps(fields).encode()
        request = urllib.request.Request(
            self._address + path, content, {"Content-Type": "application/json"}
        )
        body = self._send(request, expect)
        answer: dict[str, Any] = json.loads(body) if expect != 500 else {}
        return answer

    def status(self, protocol: int) -> str:
        """Ask how far a protocol has come."""
        body = self._send(urllib.request.Request(f"{self._address}/protocols/{protocol}/"), 200)
        return str(json.loads(body)["status"])

    def page(self) -> str:
        """Look at the page of protocols."""
        return self._send(urllib.request.Request(self._address + "/"), 200).decode()

    def _send(self, request: urllib.request.Request, expect: int) -> bytes:
        try:
            with self._opener.open(request, timeout=TIMEOUT) as response:
                status, body = int(response.status), bytes(response.read())
        except urllib.error.HTTPError as error:
            status, body = error.code, error.read()
        self._tally.add("http_requests_total")
        if status != expect:
            what = f"{request.get_method()} {request.full_url}"
            raise Unexpected(f"{what}: {status} and not {expect}: {body[:300].decode()}")
        return body


def wait_for_web(web: Child, client: Client) -> None:
    """Wait until the page of protocols is served."""

    def served() -> bool:
        try:
            client.page()
        except urllib.error.URLError as error:
            # Refused means not there yet. Anything else is a request that may have been counted.
            if not isinstance(error.reason, ConnectionRefusedError):
                time.sleep(0.5)
                raise web.failure(f"did not answer ({error.reason})") from error
            return False
        except OSError as error:
            raise web.failure(f"did not answer ({error})") from error
        return True

    web.wait_until(served)
