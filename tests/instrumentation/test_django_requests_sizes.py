"""How large requests and responses are, as far as anybody knows before they are read."""

from collections.abc import Callable

import pytest

from labotel.viewer.receiver import Receiver

RunDjango = Callable[..., str]

VIEWS = """
from django.http import HttpResponse, StreamingHttpResponse
from django.test import Client, RequestFactory
from django.urls import path

def long(response):
    response["Content-Length"] = "12"
    return response

urlpatterns = [
    path("plain/", lambda _: HttpResponse(b"x" * 2500)),
    path("parts/", lambda _: HttpResponse([b"ab", b"cd", b"e"])),
    path("stream/", lambda _: StreamingHttpResponse(iter([b"abc"]))),
    path("told/", lambda _: long(StreamingHttpResponse(iter([b"x" * 12])))),
]
settings.ROOT_URLCONF = __name__
client = Client()
"""


def size(receiver: Receiver, which: str, **labels: str) -> tuple[float, float]:
    """Count and sum of what a size's histogram holds."""
    name = f"http_{which}_size_bytes"
    return receiver.store.total(name, **labels), receiver.store.total_sum(name, **labels)


def test_a_response_is_as_long_as_its_body(receiver: Receiver, run_django: RunDjango) -> None:
    """A list of parts too; a stream only where it says so itself; a HEAD has no body."""
    run_django(
        VIEWS
        + """
for name in ("plain", "parts", "stream", "told", "nowhere"):
    client.get(f"/{name}/").close()
client.head("/plain/")
labotel.shutdown()
"""
    )
    measured = {
        name: size(receiver, "response", endpoint=f"{name}/")
        for name in ("plain", "parts", "stream", "told")
    }
    assert measured == {"plain": (1, 2500), "parts": (1, 5), "stream": (0, 0), "told": (1, 12)}
    assert size(receiver, "response", method="HEAD") == (0, 0)
    assert size(receiver, "response", endpoint="unmatched")[0] == 1  # Django's page for a 404


def test_a_request_is_as_long_as_it_says(receiver: Receiver, run_django: RunDjango) -> None:
    """One without a body says nothing, and is not measured."""
    run_django(
        VIEWS
        + """
client.post("/plain/", b"y" * 300, content_type="text/plain")
client.get("/plain/")
labotel.shutdown()
"""
    )
    assert size(receiver, "request", method="POST", endpoint="plain/") == (1, 300)
    assert size(receiver, "request") == (1, 300)


@pytest.mark.parametrize("length", ["-1", "1e9", "1_0", "١٢", "9" * 400, "abc", " ", "1, 1"])
def test_a_length_that_is_no_number_is_none(
    receiver: Receiver, run_django: RunDjango, length: str
) -> None:
    """What a client makes up is neither measured nor a fault."""
    run_django(VIEWS + f"client.get('/plain/', CONTENT_LENGTH={length!r})\nlabotel.shutdown()")
    assert size(receiver, "request") == (0, 0)
    assert receiver.store.total("http_requests_total") == 1
    assert receiver.store.total("labotel_faults_total") == 0
